import { createContext, useContext } from "react";

/** Where the window is. */
export type Route =
  | { screen: "accounts" }
  | { screen: "evaluate" }
  | { screen: "activity"; clientTransactionId?: string }
  | { screen: "returns" }
  | { screen: "invitations" }
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
