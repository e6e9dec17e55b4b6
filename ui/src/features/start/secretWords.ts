import type { KeyringState } from "../../api/secrets";
import type { SecretStoreStatus } from "../../api/start";

/** Where secrets are stored, to follow "kept in". */
export function keptIn(store: SecretStoreStatus): string {
  return store.kind === "passphrase"
    ? "an encrypted file that your passphrase opens"
    : "your system's keyring";
}

/** Why the keyring can't be used, as a sentence; null when it can. */
export function keyringReason(state: KeyringState): string | null {
  if (state.state === "ready") return null;
  const { reason } = state;
  const end = /[.!?]$/.test(reason) ? "" : ".";
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}${end}`;
}
