import { Group, NumberInput, Select, SimpleGrid, Stack, Text } from "@mantine/core";
import { useState } from "react";
import type { DemoCall, DemoFault, PendingFault } from "../../api/demo";
import { useDemoChange } from "../../data/demo";
import { ActButton } from "../../kit/components/ActButton";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { problemAt, problemBeside } from "../../kit/components/problem";
import { Section } from "../../kit/components/Section";
import { count } from "../../kit/format";
import classes from "./Demo.module.css";
import { ScreenLink } from "./ScreenLink";
import { attemptsBeforeFault, callWords, faultWords } from "./words";

const calls = (Object.keys(callWords) as DemoCall[]).map((value) => ({
  value,
  label: callWords[value].label,
}));
const faults = (Object.keys(faultWords) as DemoFault[]).map((value) => ({
  value,
  label: faultWords[value].label,
}));

/** Makes the next calls of a kind fail, and lists the pending failures. */
export function Failures({ faults: pending }: { faults: PendingFault[] }) {
  const change = useDemoChange();
  const clear = useDemoChange();
  const [call, setCall] = useState<DemoCall>("liveBalances");
  const [fault, setFault] = useState<DemoFault>("unavailable");
  const [times, setTimes] = useState<number | string>(
    attemptsBeforeFault("liveBalances", "unavailable"),
  );
  const choose = (nextCall: DemoCall, nextFault: DemoFault) => {
    change.clear();
    setCall(nextCall);
    setFault(nextFault);
    setTimes(attemptsBeforeFault(nextCall, nextFault));
  };
  const beside = problemBeside(change.problem, ["times"]);
  return (
    <Section
      title="Calls that go wrong"
      hint="The next calls of one kind fail, in the way you choose, and then it works again."
    >
      <form
        noValidate
        aria-label="Calls that go wrong"
        onSubmit={(event) => {
          event.preventDefault();
          change.run({ kind: "fail", call, fault, times: Math.round(Number(times)) });
        }}
      >
        <Stack gap="sm">
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
            <Select
              label="Call"
              data={calls}
              value={call}
              onChange={(next) => next && choose(next as DemoCall, fault)}
              allowDeselect={false}
              data-testid="demo-fail-call"
            />
            <Select
              label="What goes wrong"
              data={faults}
              value={fault}
              onChange={(next) => next && choose(call, next as DemoFault)}
              allowDeselect={false}
              data-testid="demo-fail-fault"
            />
          </SimpleGrid>
          <FailureExplanation call={call} fault={fault} />
          <Group gap="sm" align="flex-start">
            <NumberInput
              aria-label="How many calls"
              w={150}
              min={1}
              max={100}
              allowDecimal={false}
              value={times}
              onChange={setTimes}
              suffix={Number(times) === 1 ? " call" : " calls"}
              error={problemAt(change.problem, "times")}
              data-testid="demo-fail-times"
            />
            <ActButton
              type="submit"
              running={change.running}
              runningLabel="Setting…"
              data-testid="demo-fail-set"
            >
              Make them fail
            </ActButton>
          </Group>
          {beside ? <ProblemNotice problem={beside} /> : null}
        </Stack>
      </form>
      {pending.length > 0 ? (
        <div className={classes.pending} data-testid="demo-pending">
          <Group justify="space-between" gap="xs" mb={4}>
            <Text size="sm" fw={600}>
              Still to come
            </Text>
            <ActButton
              size="compact-sm"
              variant="default"
              onClick={() => clear.run({ kind: "clearFaults" })}
              running={clear.running}
              runningLabel="Clearing…"
              data-testid="demo-clear"
            >
              Let nothing go wrong
            </ActButton>
          </Group>
          <ul className="plainList">
            {pending.map((one, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the same failure can be queued twice
              <li key={`${one.path} ${index}`} data-testid="demo-fault">
                <Text size="sm">
                  {one.call ? callWords[one.call].label : one.path}: {faultWords[one.fault].label},{" "}
                  {count(one.times, "call")}
                </Text>
              </li>
            ))}
          </ul>
          {clear.problem ? <ProblemNotice problem={clear.problem} /> : null}
        </div>
      ) : null}
    </Section>
  );
}

function FailureExplanation({ call, fault }: { call: DemoCall; fault: DemoFault }) {
  const { path, seen, screen } = callWords[call];
  const tries = attemptsBeforeFault(call, fault);
  return (
    <Text size="sm" c="dimmed" data-testid="demo-fail-words">
      <span className="code">{path}</span>: {faultWords[fault].words} {seen}{" "}
      {tries > 1
        ? `Balance Desk tries ${tries} times before it shows it: fewer failures than that pass unseen. `
        : "Balance Desk does not repeat it unasked. "}
      {screen ? <ScreenLink screen={screen}>Go there</ScreenLink> : null}
    </Text>
  );
}
