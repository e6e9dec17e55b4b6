// The calls that Link makes to the page that opened it.

import type {
  PlaidLinkError,
  PlaidLinkOnEventMetadata,
  PlaidLinkOnExitMetadata,
  PlaidLinkOnSuccessMetadata,
} from "react-plaid-link";

export type LinkCallback =
  | { callback: "onLoad" }
  | { callback: "onEvent"; name: string; metadata: PlaidLinkOnEventMetadata }
  | {
      callback: "onSuccess";
      publicToken: string | null;
      metadata: PlaidLinkOnSuccessMetadata;
    }
  | { callback: "onExit"; error: PlaidLinkError | null; metadata: PlaidLinkOnExitMetadata };

export type CallbackName = LinkCallback["callback"];
export type CallbackOf<C extends CallbackName> = Extract<LinkCallback, { callback: C }>;

export function isEventCallback(call: LinkCallback): call is CallbackOf<"onEvent"> {
  return call.callback === "onEvent";
}
