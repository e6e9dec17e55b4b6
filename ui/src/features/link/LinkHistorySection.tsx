import { Section } from "../../kit/components/Section";
import { LinkHistory } from "./LinkHistory";

export function LinkHistorySection() {
  return (
    <Section
      title="Support: linking history"
      hint="Each time somebody linked a bank or tried to: times, what Link showed, the bank, errors and the ids that Plaid's support asks for."
    >
      <LinkHistory />
    </Section>
  );
}
