import { Stack } from "@mantine/core";
import type { AppStatus } from "../../api/start";
import { useSettings } from "../../data/settings";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { Screen } from "../../kit/components/Screen";
import { Waiting } from "../../kit/components/Waiting";
import { useEnvironment } from "../../kit/navigation/environment";
import { EvaluationSettings } from "../evaluations/EvaluationSettings";
import { Appearance } from "./Appearance";
import { BillingSettings } from "./BillingSettings";
import { Environments } from "./Environments";
import { Erase } from "./Erase";
import { HealthSettings } from "./HealthSettings";
import { LinkSettings } from "./LinkSettings";
import { Places } from "./Places";
import { Secrets } from "./Secrets";
import { Support } from "./Support";

/** What can be set, where things lie, and what can be erased. */
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
        {data ? <Places view={data} dataDir={status.dataDir} /> : null}
        <Support />
        <Appearance />
        <Erase environment={environment} />
      </Stack>
    </Screen>
  );
}
