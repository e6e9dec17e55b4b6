import { Tabs } from "@mantine/core";
import type { ComponentType } from "react";
import type { EvaluationView } from "../../api/signal";
import { useDecisionsDue, useDeliveries } from "../../data/decisions";
import { Screen } from "../../kit/components/Screen";
import { count } from "../../kit/format";
import { useNavigation } from "../../kit/navigation/route";
import classes from "./Decisions.module.css";
import { DeliveryTab } from "./DeliveryTab";
import { DueTab } from "./DueTab";

interface Props {
  tab?: "due" | "delivery";
  Answer: ComponentType<{ evaluation: EvaluationView }>;
  ReturnForm: ComponentType<{ evaluation: EvaluationView }>;
}

/** Decisions due, and the delivery of reports to Plaid. */
export function DecisionsScreen({ tab = "due", Answer, ReturnForm }: Props) {
  const { go } = useNavigation();
  const due = useDecisionsDue();
  const refused = useDeliveries().data?.refusedCount ?? 0;
  return (
    <Screen title="Decisions">
      <Tabs
        value={tab}
        onChange={(chosen) =>
          go({ screen: "decisions", tab: chosen === "delivery" ? "delivery" : "due" })
        }
        keepMounted={false}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="due" data-testid="tab-due">
            Due <TabCount number={due} words="decision" />
          </Tabs.Tab>
          <Tabs.Tab value="delivery" data-testid="tab-delivery">
            Delivery to Plaid <TabCount number={refused} words="refused report" bad />
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="due">
          <DueTab Answer={Answer} />
        </Tabs.Panel>
        <Tabs.Panel value="delivery">
          <DeliveryTab ReturnForm={ReturnForm} />
        </Tabs.Panel>
      </Tabs>
    </Screen>
  );
}

function TabCount({ number, words, bad }: { number: number; words: string; bad?: boolean }) {
  if (number === 0) return null;
  return (
    <span
      className={`countBadge ${classes.count}`}
      data-bad={bad || undefined}
      title={count(number, words)}
    >
      {number}
    </span>
  );
}
