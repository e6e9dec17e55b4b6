// The last pane: it is linked, and closing it hands over the public token.

import { button, element, sign, title, words } from "../elements.js";
import { finish, hideExit } from "../leave.js";
import { allowBack, setBusy, show } from "../pane.js";
import { state } from "../session.js";
import { showError } from "./error.js";

export function showConnected() {
  const { session, institution } = state;
  allowBack(null);
  hideExit();
  const go = button("finish", "Finish", { on: { click: end } });

  async function end() {
    if (state.busy || state.over) {
      return;
    }
    setBusy(true);
    go.disabled = true;
    try {
      await finish();
    } catch (error) {
      setBusy(false);
      showError(error, showConnected, "Try again");
    }
  }

  show("CONNECTED", {
    body: [
      element("div", { class: "middle" }, [
        sign("tick", "good"),
        title("Success"),
        words(
          session.update_mode
            ? `${institution.name} is connected again.`
            : `${institution.name} is linked to ${session.client_name}.`,
        ),
      ]),
    ],
    foot: [go],
    focus: go,
  });
}
