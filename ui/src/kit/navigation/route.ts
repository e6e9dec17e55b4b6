import { createContext, useContext } from "react";
import type { ActivityFilter } from "../../api/activity";

export type Route =
  | { screen: "accounts" }
  | { screen: "evaluate" }
  | { screen: "activity"; clientTransactionId?: string; filter?: Partial<ActivityFilter> }
  | { screen: "outcomes" }
  | { screen: "returns" }
  | { screen: "decisions"; tab?: "due" | "delivery" }
  | { screen: "invitations" }
  | { screen: "batches"; batchId?: string; importing?: boolean }
  | { screen: "settings" }
  | { screen: "demo" };

export type ScreenName = Route["screen"];

export interface Navigation {
  route: Route;
  go: (route: Route) => void;
}

export const NavigationContext = createContext<Navigation>({
  route: { screen: "accounts" },
  go: () => {},
});

export const useNavigation = () => useContext(NavigationContext);
