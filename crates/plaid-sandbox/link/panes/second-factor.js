// What Link asks after the password: a reCAPTCHA, a code sent to a device, questions, or selections.

import {
  bankHeader,
  button,
  element,
  errorLine,
  field,
  hint,
  paragraph,
  title,
} from "../elements.js";
import { showNextPane } from "../next-pane.js";
import { callServer, setBackAction, show, showFieldError } from "../pane.js";
import { emit, errorText, reportError, state } from "../session.js";
import { showCredentials } from "./credentials.js";
import { showError } from "./error.js";

/**
 * Shows a form that is sent to `act`. `read` returns the request; when something is missing, it shows that in the error
 * line it gets and returns nothing. The customer can correct a wrong answer here; any other error starts over.
 */
function showChallenge({
  view = "MFA",
  mfaType = null,
  exitStatus,
  back = showCredentials,
  body,
  errorInFoot = false,
  submitButton,
  focus,
  act,
  read,
  onSuccess = showNextPane,
}) {
  state.exitStatus = exitStatus;
  setBackAction(back);
  const fault = errorLine();

  function onError(error) {
    if (error.error_code !== "INVALID_MFA") {
      showError(error, showCredentials, "Try again");
      return;
    }
    reportError(error);
    showFieldError(focus, fault, errorText(error));
  }

  function submit() {
    fault.textContent = "";
    const request = read(fault);
    if (!request) {
      return;
    }
    if (mfaType) {
      emit("SUBMIT_MFA", { mfa_type: mfaType });
    }
    callServer(act, request, submitButton, onSuccess, onError);
  }

  show(view, {
    submit,
    details: mfaType ? { mfa_type: mfaType } : {},
    body: [bankHeader(state.institution), ...body, errorInFoot ? null : fault],
    foot: [errorInFoot ? fault : null, submitButton],
    focus,
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

export function showRecaptcha() {
  const box = element("input", { type: "checkbox", handle: "recaptcha" });
  showChallenge({
    view: "RECAPTCHA",
    exitStatus: "requires_recaptcha",
    body: [
      title("One more check"),
      element("label", { class: "choice", for: "recaptcha" }, [
        box,
        element("span", { text: "I am not a robot" }),
      ]),
    ],
    submitButton: button("submit-recaptcha", "Continue", { type: "submit" }),
    focus: box,
    act: "recaptcha",
    read(fault) {
      if (box.checked) {
        return {};
      }
      showFieldError(box, fault, "Please tick the box first.");
      return null;
    },
  });
}

export function showDevices(answer) {
  const label = "Where should the code go?";
  const { boxes, rows } = choices("device", answer.devices, (position) => `device-${position}`);
  boxes[0].checked = true;
  showChallenge({
    mfaType: "device",
    exitStatus: "choose_device",
    body: [
      title(label),
      element("div", { class: "choices", role: "radiogroup", "aria-label": label }, rows),
    ],
    submitButton: button("submit-device", "Send the code", { type: "submit" }),
    focus: boxes[0],
    act: "device",
    read: () => ({ device: boxes.findIndex((box) => box.checked) }),
    onSuccess: (next) => showCode(next, answer),
  });
}

/** `devices` leads back to the choice of a device. */
export function showCode(answer, devices) {
  state.lastError = null;
  const code = field("mfa-code", "Code", {
    type: "text",
    inputmode: "numeric",
    autocomplete: "one-time-code",
  });
  const sentTo = answer.sent_to.charAt(0).toLowerCase() + answer.sent_to.slice(1);
  showChallenge({
    mfaType: "code",
    exitStatus: "requires_code",
    back: devices ? () => showDevices(devices) : showCredentials,
    body: [
      title("Enter your code"),
      paragraph(`Sent by your bank: ${sentTo}.`),
      hint("Demo code: ", "1234"),
      code.row,
    ],
    submitButton: button("submit-code", "Continue", { type: "submit" }),
    focus: code.input,
    act: "code",
    read(fault) {
      if (code.input.value.trim()) {
        return { code: code.input.value };
      }
      showFieldError(code.input, fault, "Please enter the code.");
      return null;
    },
  });
}

export function showQuestions(answer) {
  const fields = answer.questions.map(({ text }, position) =>
    field(`mfa-answer-${position}`, text, { type: "text", autocomplete: "off" }),
  );
  showChallenge({
    mfaType: "questions",
    exitStatus: "requires_questions",
    body: [
      title(fields.length > 1 ? "Answer your bank's questions" : "Answer your bank's question"),
      hint("Demo: question 0-1 is answered ", "answer_0_1"),
      ...fields.map(({ row }) => row),
    ],
    errorInFoot: true,
    submitButton: button("submit-answers", "Continue", { type: "submit" }),
    focus: fields[0].input,
    act: "answers",
    read(fault) {
      const empty = fields.find(({ input }) => !input.value.trim());
      if (!empty) {
        return { answers: fields.map(({ input }) => input.value) };
      }
      showFieldError(empty.input, fault, "Please answer every question.");
      return null;
    },
  });
}

export function showSelections(answer) {
  const groups = answer.questions.map(({ text, options }, question) => {
    const handle = (option) => `selection-${question}-${option}`;
    const { boxes, rows } = choices(`selection-${question}`, options, handle);
    const legend = element("legend", { text });
    return { boxes, set: element("fieldset", { class: "choices" }, [legend, ...rows]) };
  });
  showChallenge({
    mfaType: "selections",
    exitStatus: "requires_selections",
    body: [
      title("Choose your answer"),
      element("p", { class: "hint", text: "Demo: the first answer is the right one." }),
      ...groups.map(({ set }) => set),
    ],
    errorInFoot: true,
    submitButton: button("submit-selections", "Continue", { type: "submit" }),
    focus: groups[0].boxes[0],
    act: "answers",
    read(fault) {
      const selected = groups.map(({ boxes }) => boxes.find((box) => box.checked));
      const open = selected.indexOf(undefined);
      if (open < 0) {
        return { answers: selected.map((box) => box.value) };
      }
      showFieldError(groups[open].boxes[0], fault, "Please choose an answer to every question.");
      return null;
    },
  });
}
