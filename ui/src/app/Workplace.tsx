import { useCallback, useMemo, useRef, useState } from "react";
import type { Environment } from "../api/environment";
import type { AppStatus } from "../api/start";
import { ActivityScreen } from "../features/activity/ActivityScreen";
import { AuditActs } from "../features/audit/AuditActs";
import { RefreshProvider } from "../features/balances/RefreshProvider";
import { BatchesScreen } from "../features/batches/BatchesScreen";
import { ImportProvider } from "../features/batches/ImportProvider";
import { DecisionsScreen } from "../features/decisions/DecisionsScreen";
import { DemoScreen } from "../features/demo/DemoScreen";
import { EvaluateProvider } from "../features/evaluations/EvaluateProvider";
import { EvaluateScreen } from "../features/evaluations/EvaluateScreen";
import { EvaluationAnswered } from "../features/evaluations/EvaluationAnswered";
import { Invitation } from "../features/invitations/Invitation";
import { InvitationFields } from "../features/invitations/InvitationFields";
import { InvitationsScreen } from "../features/invitations/InvitationsScreen";
import { HeldNotice } from "../features/link/HeldNotice";
import { LinkProvider } from "../features/link/LinkProvider";
import { OutcomesScreen } from "../features/outcomes/OutcomesScreen";
import { AccountReturnsNote } from "../features/returns/AccountReturnsNote";
import { Return } from "../features/returns/Return";
import { ReturnsScreen } from "../features/returns/ReturnsScreen";
import { type ProblemActions, ProblemActionsContext } from "../kit/components/ProblemActions";
import { EnvironmentContext } from "../kit/navigation/environment";
import { useLink } from "../kit/navigation/link";
import { NavigationContext, type Route, useNavigation } from "../kit/navigation/route";
import { ScrollContext } from "../kit/navigation/scroll";
import { AccountPanelProvider } from "./AccountPanelProvider";
import { AccountsScreen } from "./AccountsScreen";
import { EvaluationDetail } from "./EvaluationDetail";
import { Frame } from "./Frame";
import { ScreenBoundary } from "./ScreenBoundary";
import { SettingsScreen } from "./SettingsScreen";

/** The window while an environment is open. */
export function Workplace({
  status,
  environment,
}: {
  status: AppStatus;
  environment: Environment;
}) {
  const [route, setRoute] = useState<Route>({ screen: "accounts" });
  const scroll = useRef<HTMLElement>(null);
  const go = useCallback((next: Route) => {
    setRoute(next);
    scroll.current?.scrollTo(0, 0);
    // What had the focus goes with its screen; the navigation stays, and keeps it.
    if (!document.activeElement?.closest("nav")) scroll.current?.focus({ preventScroll: true });
  }, []);
  const navigation = useMemo(() => ({ route, go }), [route, go]);
  return (
    <EnvironmentContext value={environment}>
      <NavigationContext value={navigation}>
        <ScrollContext value={scroll}>
          <LinkProvider InvitationFields={InvitationFields} Invitation={Invitation}>
            <RefreshProvider>
              <EvaluateProvider>
                <WithProblemActions>
                  <AccountPanelProvider>
                    <Frame status={status} scroll={scroll}>
                      <ScreenBoundary>
                        <ImportProvider>
                          <CurrentScreen status={status} />
                        </ImportProvider>
                      </ScreenBoundary>
                    </Frame>
                  </AccountPanelProvider>
                </WithProblemActions>
              </EvaluateProvider>
            </RefreshProvider>
          </LinkProvider>
        </ScrollContext>
      </NavigationContext>
    </EnvironmentContext>
  );
}

function WithProblemActions({ children }: { children: React.ReactNode }) {
  const { go } = useNavigation();
  const { open, repair, continueInBrowser } = useLink();
  const actions = useMemo<ProblemActions>(
    () => ({
      repairItem: repair,
      chooseAccounts: (itemId) => repair(itemId, true),
      continueInBrowser,
      linkAgain: open,
      checkKeys: () => go({ screen: "settings" }),
    }),
    [go, open, repair, continueInBrowser],
  );
  return <ProblemActionsContext value={actions}>{children}</ProblemActionsContext>;
}

function CurrentScreen({ status }: { status: AppStatus }) {
  const { route } = useNavigation();
  switch (route.screen) {
    case "accounts":
      return <AccountsScreen />;
    case "evaluate":
      return <EvaluateScreen Detail={EvaluationDetail} AccountNote={AccountReturnsNote} />;
    case "decisions":
      return <DecisionsScreen tab={route.tab} Answer={EvaluationAnswered} ReturnForm={Return} />;
    case "activity":
      return (
        <ActivityScreen
          clientTransactionId={route.clientTransactionId}
          filter={route.filter}
          Detail={EvaluationDetail}
          Acts={AuditActs}
        />
      );
    case "outcomes":
      return <OutcomesScreen />;
    case "returns":
      return <ReturnsScreen />;
    case "invitations":
      return <InvitationsScreen notice={<HeldNotice />} />;
    case "batches":
      return <BatchesScreen batchId={route.batchId} importing={route.importing} />;
    case "settings":
      return <SettingsScreen status={status} />;
    case "demo":
      return <DemoScreen />;
  }
}
