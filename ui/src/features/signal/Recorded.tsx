import { Button, Stack, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { DeliveryView } from "../../bindings/signal";
import { formatTime } from "../../format";
import { Delivery } from "./Delivery";

interface Props {
  /** For tests: what is recorded. */
  name: "decision" | "return";
  record: { recordedAt: string; delivery: DeliveryView } | null;
  /** What was recorded. */
  words: ReactNode;
  /** The form; `cancel` is there when something is recorded already. */
  form: (saved: () => void, cancel: (() => void) | undefined) => ReactNode;
}

/** What was recorded and whether Plaid has it; or the form to record or to correct it. */
export function Recorded({ name, record, words, form }: Props) {
  const [correcting, setCorrecting] = useState(false);
  const done = () => setCorrecting(false);
  if (record === null || correcting) return form(done, record ? done : undefined);
  return (
    <Stack gap="xs" align="flex-start">
      <Text size="sm" data-testid={`${name}-recorded`}>
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
    </Stack>
  );
}
