import { Button, Stack, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { DeliveryView } from "../../api/signal";
import { formatExactTime, formatTime } from "../format";
import { Delivery } from "./Delivery";
import { Disclosure } from "./Disclosure";

interface EarlierRecord {
  words: string;
  recordedAt: string;
  delivery: DeliveryView;
}

interface Props {
  name: "decision" | "return";
  record: { recordedAt: string; delivery: DeliveryView } | null;
  words: ReactNode;
  earlier: EarlierRecord[];
  deliverNow: () => Promise<unknown>;
  /** `cancel` is set if a record exists already. */
  form: (saved: () => void, cancel: (() => void) | undefined) => ReactNode;
}

/**
 * A recorded decision or return with its delivery, or the form for it. If Plaid rejected the report, the form is
 * shown below the reason.
 */
export function Recorded({ name, record, words, earlier, deliverNow, form }: Props) {
  const [correcting, setCorrecting] = useState(false);
  const done = () => setCorrecting(false);
  const history = <Earlier name={name} records={earlier} deliverNow={deliverNow} />;
  if (record?.delivery.state === "refused") {
    return (
      <Stack gap="sm">
        <Delivery delivery={record.delivery} deliverNow={deliverNow} testId={`${name}-delivery`} />
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
      <Delivery delivery={record.delivery} deliverNow={deliverNow} testId={`${name}-delivery`} />
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

interface EarlierProps {
  name: Props["name"];
  records: EarlierRecord[];
  deliverNow: Props["deliverNow"];
}

function Earlier({ name, records, deliverNow }: EarlierProps) {
  if (records.length === 0) return null;
  return (
    <Disclosure label={`Recorded before (${records.length})`} testId={`${name}-history`}>
      <Stack gap="sm" component="ol" p={0} m={0} style={{ listStyle: "none" }}>
        {records.map((one) => (
          <li key={`${one.recordedAt} ${one.words}`} data-testid={`${name}-earlier`}>
            <Text size="sm">{one.words}</Text>
            <Text size="xs" c="dimmed">
              Recorded {formatExactTime(one.recordedAt)}
            </Text>
            <Delivery
              delivery={one.delivery}
              deliverNow={deliverNow}
              testId={`${name}-earlier-delivery`}
            />
          </li>
        ))}
      </Stack>
    </Disclosure>
  );
}
