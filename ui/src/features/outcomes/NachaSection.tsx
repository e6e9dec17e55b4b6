import { Text } from "@mantine/core";
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleX,
  IconInfoCircle,
  type TablerIcon,
} from "@tabler/icons-react";
import type { NachaRate, NachaVerdict, NachaView } from "../../api/outcomes";
import { Section } from "../../kit/components/Section";
import { count, formatCount, formatDay } from "../../kit/format";
import { CountLink } from "./CountLink";
import classes from "./Outcomes.module.css";
import { kindWords, percentWords, verdictWords } from "./words";

const icons: Record<NachaVerdict, TablerIcon> = {
  nothing: IconInfoCircle,
  tooFew: IconInfoCircle,
  within: IconCircleCheck,
  near: IconAlertTriangle,
  over: IconCircleX,
};

/** The three return rates that Nacha limits, each next to its threshold. */
export function NachaSection({ nacha }: { nacha: NachaView }) {
  const debited = (
    <CountLink
      number={nacha.initiated}
      filter={{ decided: "debited", from: nacha.from, to: nacha.to }}
      what="debits initiated in these days"
      testId="nacha-initiated"
    />
  );
  return (
    <Section
      title="Return rates against the Nacha thresholds"
      hint={`From ${formatDay(nacha.from)} to ${formatDay(nacha.to)}, the 60 days that end with the chosen time.`}
    >
      <ul className={classes.nacha} data-testid="nacha">
        {nacha.rates.map((rate) => (
          <NachaRateItem key={rate.kind} rate={rate} nacha={nacha} />
        ))}
      </ul>
      <Text size="xs" c="dimmed" mt="sm" maw="92ch">
        Nacha divides the debits that came back in the preceding 60 days or two calendar months by
        the debits originated in the same time; here it is 60 days. {debited} debits count as
        originated: those decided as initiated, those answered ACCEPT without a decision to the
        contrary, and those that came back, by the day of their evaluation. A return counts on its
        own day, or on the day it was recorded where none is given. Only debits that were evaluated
        here are known: your bank counts all that you originate.
      </Text>
    </Section>
  );
}

function NachaRateItem({ rate: of, nacha }: { rate: NachaRate; nacha: NachaView }) {
  const Icon = icons[of.verdict];
  const { title, meaning } = kindWords[of.kind];
  const threshold = Number(of.threshold);
  // The bar ends at twice the threshold.
  const share = Math.min(100, (Number(of.rate.percent ?? 0) / (threshold * 2)) * 100);
  const codes = of.codes.length > 0 ? of.codes.join(", ") : "all codes";
  return (
    <li className={classes.nachaOne} data-verdict={of.verdict} data-testid={`nacha-${of.kind}`}>
      <div className={classes.nachaHead}>
        <Text fw={600} size="sm">
          {title}
        </Text>
        <span className={classes.verdict}>
          <Icon size={15} aria-hidden />
          {of.verdict === "tooFew"
            ? `${count(of.rate.whole, "debit")}: too few to judge`
            : verdictWords[of.verdict]}
        </span>
      </div>
      <div className={classes.nachaRate}>{percentWords(of.rate)}</div>
      <div className={classes.meter} aria-hidden>
        <span style={{ width: `${share}%` }} />
        <i />
      </div>
      <Text size="xs" c="dimmed">
        Threshold {of.threshold} %.{" "}
        <CountLink
          number={of.rate.part}
          filter={{
            returned: "returned",
            returnCodes: of.codes,
            returnedFrom: nacha.from,
            returnedTo: nacha.to,
          }}
          what={`${title.toLowerCase()} returns in these days`}
          testId={`nacha-${of.kind}-returns`}
        />{" "}
        of {formatCount(of.rate.whole)}. {meaning} Counted: {codes}.
        {of.verdict === "tooFew" ? ` From ${of.least} debits on it says something.` : ""}
      </Text>
    </li>
  );
}
