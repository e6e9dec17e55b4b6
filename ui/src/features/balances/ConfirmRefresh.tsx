import { Text } from "@mantine/core";
import type { RefreshPrompt } from "../../data/balances";
import { ConfirmModal } from "../../kit/components/ConfirmModal";
import { count, formatMoney, formatRoughDuration } from "../../kit/format";
import { useEnvironment } from "../../kit/navigation/environment";

interface Props {
  prompt: RefreshPrompt | null;
  onConfirm: (prompt: RefreshPrompt) => void;
  onClose: () => void;
}

/** Confirms a refresh that makes more billed calls than the user's limit. */
export function ConfirmRefresh({ prompt, onConfirm, onClose }: Props) {
  const billed = useEnvironment() === "production";
  if (!prompt) return null;
  const { calls, cost, seconds } = prompt.plan;
  const words = count(calls, "Item");
  return (
    <ConfirmModal
      opened
      title={`Read live balances of ${words}?`}
      confirmLabel={`Make ${count(calls, "call")}`}
      onConfirm={() => onConfirm(prompt)}
      onClose={onClose}
    >
      <Text size="sm" data-testid="refresh-plan">
        {billed
          ? `Plaid bills ${count(calls, "call")}, one for each Item`
          : `In Production, Plaid would bill ${count(calls, "call")}, one for each Item`}
        {cost ? `: about ${formatMoney(cost.amount, cost.currency)}` : ""}. It takes{" "}
        {formatRoughDuration(seconds)}, and can be cancelled at any moment.
      </Text>
      <Text size="xs" c="dimmed" mt={8}>
        The number of calls above which this is asked, and what a call costs you, are in the
        settings.
      </Text>
    </ConfirmModal>
  );
}
