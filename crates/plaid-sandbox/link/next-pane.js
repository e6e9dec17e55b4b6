// Shows the pane that the server names next.

import { showAccounts } from "./panes/accounts.js";
import { showConnected } from "./panes/connected.js";
import { showConsent } from "./panes/consent.js";
import { showCredentials } from "./panes/credentials.js";
import { showInstitutions } from "./panes/institutions.js";
import { showBank, showDeclined } from "./panes/oauth.js";
import {
  showCode,
  showDevices,
  showQuestions,
  showRecaptcha,
  showSelections,
} from "./panes/second-factor.js";
import { state } from "./session.js";

const PANES = {
  institution: () => (state.embedded ? showInstitutions() : showConsent(showInstitutions)),
  credentials: showCredentials,
  recaptcha: showRecaptcha,
  device: showDevices,
  code: showCode,
  questions: showQuestions,
  selections: showSelections,
  bank: showBank,
  declined: showDeclined,
  accounts: showAccounts,
  connected: showConnected,
};

export function showNextPane(answer) {
  state.lastError = null;
  PANES[answer.next](answer);
}
