import { Stack, Text } from "@mantine/core";
import type { EvaluationView } from "../../api/signal";
import { useReportHistory } from "../../data/decisions";
import { Disclosure } from "../../kit/components/Disclosure";
import { formatExactTime } from "../../kit/format";
import { Delivery } from "../evaluations/Delivery";
import { decisionWords, reportWords } from "./words";

/** What was recorded before the last decision or return; nothing where that is the only one. */
export function ReportHistory({
  evaluation,
  kind,
}: {
  evaluation: EvaluationView;
  kind: "decision" | "return";
}) {
  const { data } = useReportHistory(evaluation.clientTransactionId);
  const records =
    kind === "decision"
      ? (data?.decisions ?? []).map((one) => ({
          ...one,
          words: decisionWords(one, evaluation.currency),
        }))
      : (data?.returns ?? []).map((one) => ({
          ...one,
          words: reportWords({ kind: "return", returned: one }),
        }));
  const earlier = records.slice(1);
  if (earlier.length === 0) return null;
  return (
    <Disclosure label={`Recorded before (${earlier.length})`} testId={`${kind}-history`}>
      <Stack gap="sm" component="ol" p={0} m={0} style={{ listStyle: "none" }}>
        {earlier.map((one) => (
          <li key={`${one.recordedAt} ${one.words}`} data-testid={`${kind}-earlier`}>
            <Text size="sm">{one.words}</Text>
            <Text size="xs" c="dimmed">
              Recorded {formatExactTime(one.recordedAt)}
            </Text>
            <Delivery delivery={one.delivery} testId={`${kind}-earlier-delivery`} />
          </li>
        ))}
      </Stack>
    </Disclosure>
  );
}
