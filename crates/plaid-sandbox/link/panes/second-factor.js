// What the bank asks after the password: a reCAPTCHA, a code that is sent to a device of
// choice, questions, or selections.

import { button, element, faultLine, field, head, hint, title, words } from "../elements.js";
import { goOn } from "../next-pane.js";
import { allowBack, ask, pointOut, show } from "../pane.js";
import { describe, emit, fail, state } from "../session.js";
import { showCredentials } from "./credentials.js";
import { showError } from "./error.js";

/** A wrong answer can be corrected where it was given; anything else starts over. */
function refused(input, fault) {
  return (error) => {
    if (error.error_code !== "INVALID_MFA") {
      showError(error, showCredentials, "Try again");
      return;
    }
    fail(error);
    pointOut(input, fault, describe(error));
  };
}

export function showRecaptcha() {
  state.exitStatus = "requires_recaptcha";
  allowBack(showCredentials);
  const box = element("input", { type: "checkbox", handle: "recaptcha" });
  const go = button("submit-recaptcha", "Continue", { type: "submit" });
  const fault = faultLine();

  function submit() {
    fault.textContent = "";
    if (!box.checked) {
      pointOut(box, fault, "Please tick the box first.");
      return;
    }
    ask("recaptcha", {}, go, goOn, (error) => showError(error, showCredentials, "Try again"));
  }

  show("RECAPTCHA", {
    submit,
    body: [
      head(state.institution),
      title("One more check"),
      element("label", { class: "choice", for: "recaptcha" }, [
        box,
        element("span", { text: "I am not a robot" }),
      ]),
      fault,
    ],
    foot: [go],
    focus: box,
  });
}

function choices(name, texts, handles) {
  const boxes = texts.map((text, position) =>
    element("input", { type: "radio", name, value: text, handle: handles(position) }),
  );
  const rows = boxes.map((box) =>
    element("label", { class: "choice", for: box.id }, [box, element("span", { text: box.value })]),
  );
  return { boxes, rows };
}

export function showDevices(answer) {
  state.exitStatus = "choose_device";
  allowBack(showCredentials);
  const { boxes, rows } = choices("device", answer.devices, (position) => `device-${position}`);
  boxes[0].checked = true;
  const go = button("submit-device", "Send the code", { type: "submit" });
  const fault = faultLine();

  function submit() {
    emit("SUBMIT_MFA", { mfa_type: "device" });
    const device = boxes.findIndex((box) => box.checked);
    ask("device", { device }, go, (next) => showCode(next, answer), refused(boxes[0], fault));
  }

  show("MFA", {
    submit,
    details: { mfa_type: "device" },
    body: [
      head(state.institution),
      title("Where should the code go?"),
      element(
        "div",
        { class: "choices", role: "radiogroup", "aria-label": "Where should the code go?" },
        rows,
      ),
      fault,
    ],
    foot: [go],
    focus: boxes[0],
  });
}

/** `devices` leads back to the choice of one. */
export function showCode(answer, devices) {
  state.lastError = null;
  state.exitStatus = "requires_code";
  allowBack(devices ? () => showDevices(devices) : showCredentials);
  const code = field("mfa-code", "Code", {
    type: "text",
    inputmode: "numeric",
    autocomplete: "one-time-code",
  });
  const go = button("submit-code", "Continue", { type: "submit" });
  const fault = faultLine();

  function submit() {
    fault.textContent = "";
    if (!code.input.value.trim()) {
      pointOut(code.input, fault, "Please enter the code.");
      return;
    }
    emit("SUBMIT_MFA", { mfa_type: "code" });
    ask("code", { code: code.input.value }, go, goOn, refused(code.input, fault));
  }

  show("MFA", {
    submit,
    details: { mfa_type: "code" },
    body: [
      head(state.institution),
      title("Enter your code"),
      words(`Sent by your bank: ${lowered(answer.sent_to)}.`),
      hint("Demo code: ", "1234"),
      code.row,
      fault,
    ],
    foot: [go],
    focus: code.input,
  });
}

function lowered(text) {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

export function showQuestions(answer) {
  state.exitStatus = "requires_questions";
  allowBack(showCredentials);
  const fields = answer.questions.map(({ text }, position) =>
    field(`mfa-answer-${position}`, text, { type: "text", autocomplete: "off" }),
  );
  const go = button("submit-answers", "Continue", { type: "submit" });
  const fault = faultLine();

  function submit() {
    fault.textContent = "";
    const empty = fields.find(({ input }) => !input.value.trim());
    if (empty) {
      pointOut(empty.input, fault, "Please answer every question.");
      return;
    }
    emit("SUBMIT_MFA", { mfa_type: "questions" });
    const answers = fields.map(({ input }) => input.value);
    ask("answers", { answers }, go, goOn, refused(fields[0].input, fault));
  }

  show("MFA", {
    submit,
    details: { mfa_type: "questions" },
    body: [
      head(state.institution),
      title(fields.length > 1 ? "Answer your bank's questions" : "Answer your bank's question"),
      hint("Demo: question 0-1 is answered ", "answer_0_1"),
      ...fields.map(({ row }) => row),
    ],
    foot: [fault, go],
    focus: fields[0].input,
  });
}

export function showSelections(answer) {
  state.exitStatus = "requires_selections";
  allowBack(showCredentials);
  const groups = answer.questions.map(({ text, options }, question) => {
    const made = choices(
      `selection-${question}`,
      options,
      (option) => `selection-${question}-${option}`,
    );
    return {
      ...made,
      set: element("fieldset", { class: "choices" }, [element("legend", { text }), ...made.rows]),
    };
  });
  const go = button("submit-selections", "Continue", { type: "submit" });
  const fault = faultLine();

  function submit() {
    fault.textContent = "";
    const chosen = groups.map(({ boxes }) => boxes.find((box) => box.checked));
    const open = chosen.findIndex((box) => !box);
    if (open >= 0) {
      pointOut(groups[open].boxes[0], fault, "Please choose an answer to every question.");
      return;
    }
    emit("SUBMIT_MFA", { mfa_type: "selections" });
    const answers = chosen.map((box) => box.value);
    ask("answers", { answers }, go, goOn, refused(groups[0].boxes[0], fault));
  }

  show("MFA", {
    submit,
    details: { mfa_type: "selections" },
    body: [
      head(state.institution),
      title("Choose your answer"),
      element("p", { class: "hint", text: "Demo: the first answer is the right one." }),
      ...groups.map(({ set }) => set),
    ],
    foot: [fault, go],
    focus: groups[0].boxes[0],
  });
}
