// What Link tells the page that opens it, in the order in which it does.

import type {
  PlaidLinkError,
  PlaidLinkOnEventMetadata,
  PlaidLinkOnExitMetadata,
  PlaidLinkOnSuccessMetadata,
} from "react-plaid-link";

export type Told =
  | { callback: "onLoad" }
  | { callback: "onEvent"; name: string; metadata: PlaidLinkOnEventMetadata }
  | {
      callback: "onSuccess";
      publicToken: string | null;
      metadata: PlaidLinkOnSuccessMetadata;
    }
  | { callback: "onExit"; error: PlaidLinkError | null; metadata: PlaidLinkOnExitMetadata };

export type Callback = Told["callback"];
export type ToldBy<C extends Callback> = Extract<Told, { callback: C }>;

export function isEvent(told: Told): told is ToldBy<"onEvent"> {
  return told.callback === "onEvent";
}
