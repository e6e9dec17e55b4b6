import { Stack, Text } from "@mantine/core";
import { IconFlask } from "@tabler/icons-react";
import { useDemo } from "../../data/demo";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { Screen } from "../../kit/components/Screen";
import { Waiting } from "../../kit/components/Waiting";
import { Clock } from "./Clock";
import classes from "./Demo.module.css";
import { Failures } from "./Failures";
import { Institutions } from "./Institutions";
import { Items } from "./Items";
import { Latency } from "./Latency";
import { Limits } from "./Limits";
import { Reset } from "./Reset";
import { changedSettings } from "./words";

/** Controls the Demo's bank and simulates failures. */
export function DemoScreen() {
  const { data, error, refetch, isFetching } = useDemo();
  return (
    <Screen title="Demo" width="text" actions={<Reset />}>
      <Stack gap="md">
        <div className={classes.lead}>
          <IconFlask size={20} className={classes.flask} aria-hidden />
          <div>
            <Text size="sm">
              Try out what an integration with Plaid has to cope with. What is set here concerns the
              Demo’s invented banks alone; Sandbox and Production have no such page.
            </Text>
            <Text size="sm" mt={4} role="status" data-testid="demo-summary">
              {data && !error ? <SettingsSummary changes={changedSettings(data)} /> : null}
            </Text>
          </div>
        </div>
        {error ? (
          <ProblemNotice problem={error} onRetry={() => void refetch()} busy={isFetching} />
        ) : null}
        {!data && !error ? <Waiting>Asking the Demo’s bank…</Waiting> : null}
        {data ? (
          <>
            <Failures faults={data.faults} />
            <Items items={data.items} />
            <Institutions institutions={data.institutions} />
            <Latency latency={data.latency} />
            <Limits limits={data.limits} />
            <Clock view={data} />
          </>
        ) : null}
      </Stack>
    </Screen>
  );
}

function SettingsSummary({ changes }: { changes: string[] }) {
  if (changes.length === 0) return <>Everything is as usual.</>;
  return (
    <>
      <b>Set now:</b> {changes.join(" · ")}
    </>
  );
}
