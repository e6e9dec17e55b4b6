import { Stack } from "@mantine/core";
import type { AppStatus } from "../api/start";
import { useSettings } from "../data/settings";
import { EvaluationSettings } from "../features/evaluations/EvaluationSettings";
import { LinkHistorySection } from "../features/link/LinkHistorySection";
import { Appearance } from "../features/settings/Appearance";
import { BillingSettings } from "../features/settings/BillingSettings";
import { DataLocations } from "../features/settings/DataLocations";
import { Erase } from "../features/settings/Erase";
import { HealthSettings } from "../features/settings/HealthSettings";
import { LinkSettings } from "../features/settings/LinkSettings";
import { Environments } from "../features/start/Environments";
import { Secrets } from "../features/start/Secrets";
import { ProblemNotice } from "../kit/components/ProblemNotice";
import { Screen } from "../kit/components/Screen";
import { Waiting } from "../kit/components/Waiting";
import { useEnvironment } from "../kit/navigation/environment";

export function SettingsScreen({ status }: { status: AppStatus }) {
  const environment = useEnvironment();
  const { data, error, refetch } = useSettings();
  return (
    <Screen title="Settings" width="text">
      <Stack gap="md">
        {error ? <ProblemNotice problem={error} onRetry={() => void refetch()} /> : null}
        {!data && !error ? <Waiting>Reading the settings…</Waiting> : null}
        {data ? <LinkSettings view={data} /> : null}
        {data ? <HealthSettings view={data} /> : null}
        {data ? <BillingSettings view={data} /> : null}
        <EvaluationSettings />
        <Environments status={status} />
        <Secrets status={status} />
        {data ? <DataLocations view={data} dataDir={status.dataDir} /> : null}
        <LinkHistorySection />
        <Appearance />
        <Erase environment={environment} />
      </Stack>
    </Screen>
  );
}
