import { Select, Text } from "@mantine/core";
import type { DemoHealth, DemoInstitution } from "../../api/demo";
import { useDemoChange } from "../../data/demo";
import { Disclosure } from "../../kit/components/Disclosure";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { Section } from "../../kit/components/Section";
import { count } from "../../kit/format";
import classes from "./Demo.module.css";
import { healthWords } from "./words";

const choices = (Object.keys(healthWords) as DemoHealth[]).map((value) => ({
  value,
  label: healthWords[value].label,
}));

/** Health of each institution: linked or changed ones first, the others on request. */
export function Institutions({ institutions }: { institutions: DemoInstitution[] }) {
  const near = institutions.filter(({ linked, changed }) => linked || changed);
  const others = institutions.filter(({ linked, changed }) => !linked && !changed);
  return (
    <Section
      title="Institutions"
      hint="Make one slow, unreachable or unsupported. Seen in Link when a bank is chosen, and in Accounts with Refresh."
    >
      <InstitutionRows institutions={near} />
      {others.length > 0 ? (
        <div style={{ marginTop: near.length > 0 ? 8 : 0 }}>
          <Disclosure
            label={
              near.length > 0
                ? count(others.length, "other institution")
                : count(others.length, "institution")
            }
            testId="demo-institutions-more"
          >
            <InstitutionRows institutions={others} />
          </Disclosure>
        </div>
      ) : null}
    </Section>
  );
}

function InstitutionRows({ institutions }: { institutions: DemoInstitution[] }) {
  return institutions.length === 0 ? null : (
    <ul className="plainList">
      {institutions.map((institution) => (
        <InstitutionRow key={institution.institutionId} institution={institution} />
      ))}
    </ul>
  );
}

function InstitutionRow({ institution }: { institution: DemoInstitution }) {
  const { institutionId, name, health } = institution;
  const change = useDemoChange();
  return (
    <li className={classes.row} data-testid={`demo-institution-${institutionId}`}>
      <div className={classes.line}>
        <div className={classes.what}>
          <Text size="sm" fw={550}>
            {name}
          </Text>
          <Text size="xs" c="dimmed">
            {healthWords[health].words}
          </Text>
        </div>
        <Select
          aria-label={`How ${name} works`}
          className={classes.choice}
          data={choices}
          value={health}
          onChange={(next) => {
            if (next === null || next === health) return;
            change.run({ kind: "institution", institutionId, health: next as DemoHealth });
          }}
          allowDeselect={false}
          data-testid={`demo-health-${institutionId}`}
        />
      </div>
      {change.problem ? <ProblemNotice problem={change.problem} /> : null}
    </li>
  );
}
