import { Button, Stack, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { DeliveryView, EvaluationView } from "../../api/signal";
import { formatTime } from "../../kit/format";
import { ReportHistory } from "../decisions/ReportHistory";
import { Delivery } from "./Delivery";

interface Props {
  /** What is recorded. */
  name: "decision" | "return";
  record: { recordedAt: string; delivery: DeliveryView } | null;
  /** What was recorded. */
  words: ReactNode;
  /** Whose earlier records are offered. */
  historyOf?: EvaluationView;
  /** The form; `cancel` is there when something is recorded already. */
  form: (saved: () => void, cancel: (() => void) | undefined) => ReactNode;
}

/**
 * What was recorded and whether Plaid has it; or the form to record or to correct it. What Plaid refused is to be
 * mended, so its form is there with the reason above it.
 */
export function Recorded({ name, record, words, historyOf, form }: Props) {
  const [correcting, setCorrecting] = useState(false);
  const done = () => setCorrecting(false);
  const history = historyOf ? <ReportHistory evaluation={historyOf} kind={name} /> : null;
  if (record?.delivery.state === "refused") {
    return (
      <Stack gap="sm">
        <Delivery delivery={record.delivery} testId={`${name}-delivery`} />
        {form(done, undefined)}
        {history}
      </Stack>
    );
  }
  if (record === null || correcting) return form(done, record ? done : undefined);
  return (
    <Stack gap="xs" align="flex-start">
      <Text component="div" size="sm" data-testid={`${name}-recorded`}>
        {words}
      </Text>
      <Text size="xs" c="dimmed">
        Recorded {formatTime(record.recordedAt)}
      </Text>
      <Delivery delivery={record.delivery} testId={`${name}-delivery`} />
      <Button
        size="compact-sm"
        variant="default"
        onClick={() => setCorrecting(true)}
        data-testid={`${name}-correct`}
      >
        Correct it
      </Button>
      {history}
    </Stack>
  );
}
