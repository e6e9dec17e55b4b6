import { Group, Text } from "@mantine/core";
import type { DeliveryView } from "../../api/signal";
import { count, formatTime } from "../format";
import { useAct } from "../hooks/useAct";
import { ActButton } from "./ActButton";
import { Age } from "./Age";
import { CopyText } from "./CopyText";
import { ProblemNotice } from "./ProblemNotice";

interface Props {
  delivery: DeliveryView;
  deliverNow: () => Promise<unknown>;
  testId: string;
}

/** Delivery of a recorded report to Plaid. */
export function Delivery({ delivery, deliverNow, testId }: Props) {
  const now = useAct(deliverNow);
  switch (delivery.state) {
    case "delivered":
      return (
        <div data-testid={testId} data-state="delivered">
          <Text size="sm" c="var(--desk-good)" component="div" role="status">
            Delivered to Plaid <Age at={delivery.at} />
          </Text>
          <Group gap={6}>
            <Text size="xs" c="dimmed">
              request_id
            </Text>
            <CopyText text={delivery.requestId} what="request_id" />
          </Group>
        </div>
      );
    case "waiting":
      return (
        <div data-testid={testId} data-state="waiting">
          <Group gap="sm">
            <Text size="sm" c="var(--desk-care)" role="status">
              Kept here, waiting to be delivered to Plaid
              {delivery.attempts > 0 ? ` (${count(delivery.attempts, "try", "tries")} so far)` : ""}
              {delivery.nextAttemptAt ? `; next try ${formatTime(delivery.nextAttemptAt)}` : ""}.
            </Text>
            <ActButton
              size="compact-sm"
              variant="default"
              onClick={() => now.run()}
              running={now.running}
              runningLabel="Trying…"
              data-testid="deliver-now"
            >
              Try now
            </ActButton>
          </Group>
          {delivery.problem ? <ProblemNotice problem={delivery.problem} /> : null}
          {now.problem ? <ProblemNotice problem={now.problem} /> : null}
        </div>
      );
    case "refused":
      return (
        <div data-testid={testId} data-state="refused">
          <Text size="sm" c="var(--desk-bad)" mb={4}>
            Plaid refused it. It is kept here; correct it and save again.
          </Text>
          <ProblemNotice problem={delivery.problem} />
        </div>
      );
    case "superseded":
      return (
        <Text size="sm" c="dimmed" data-testid={testId} data-state="superseded">
          {delivery.problem
            ? "Did not get to Plaid; the one after it says what counts"
            : "Not sent: the one after it says what counts"}
        </Text>
      );
    case "filed":
      return (
        <Text size="sm" data-testid={testId} data-state="filed">
          Delivered to Plaid by file, as you said <Age at={delivery.at} />
        </Text>
      );
    case "leftOut":
      return (
        <div data-testid={testId} data-state="leftOut">
          <Text size="sm" c="dimmed" mb={4}>
            Plaid refused it, and you left it out <Age at={delivery.at} />
          </Text>
          <ProblemNotice problem={delivery.problem} tone="info" />
        </div>
      );
  }
}
