import type { Environment } from "../../api/environment";
import { useErase } from "../../data/status";
import { Section } from "../../kit/components/Section";
import { TypedConfirmation } from "../../kit/components/TypedConfirmation";
import { environmentWords } from "../../kit/words/environment";

/** Erases all data of the open environment after the user types its name. */
export function Erase({ environment }: { environment: Environment }) {
  const erase = useErase(environment);
  const { name } = environmentWords[environment];
  return (
    <Section
      title={`Erase ${name}`}
      hint="For good: there is no copy to go back to unless you made one."
    >
      <TypedConfirmation
        title={`Erase ${name}`}
        words={environment}
        act={erase}
        runningLabel="Erasing…"
      >
        Deletes the data file with its banks, readings, evaluations, decisions and returns, the key
        that opens it, and the stored API keys.
        {environment === "demo"
          ? ""
          : " Items are not removed at Plaid: to end access there, remove them under Accounts first."}
      </TypedConfirmation>
    </Section>
  );
}
