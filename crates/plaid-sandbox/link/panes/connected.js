// The last pane. Closing it passes the public token to the app.

import { button, element, paragraph, statusIcon, title } from "../elements.js";
import { finish, hideExit } from "../leave.js";
import { setBackAction, setBusy, show } from "../pane.js";
import { state } from "../session.js";
import { showError } from "./error.js";

export function showConnected() {
  const { session, institution } = state;
  setBackAction(null);
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
        statusIcon("tick", "good"),
        title("Success"),
        paragraph(
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
