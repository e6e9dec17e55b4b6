import { Input, NumberInput, SegmentedControl } from "@mantine/core";
import { type ReactNode, useId } from "react";
import {
  type LinkDraft,
  LONGEST_HOURS,
  lifetimeHours,
  lifetimeProblem,
} from "../../data/linkDraft";
import { formatTime } from "../../kit/format";
import { useNow } from "../../kit/hooks/useNow";
import classes from "./LifetimeField.module.css";

type Lifetime = Pick<LinkDraft, "lifetime" | "unit">;

interface Props {
  value: Lifetime;
  onChange: (changed: Lifetime) => void;
  error?: ReactNode;
}

/** The lifetime in hours or days, and when the link expires. */
export function LifetimeField({ value, onChange, error }: Props) {
  const id = useId();
  const now = useNow();
  const hours = lifetimeProblem(value) === null ? lifetimeHours(value) : null;
  const until = hours === null ? null : new Date(now + hours * 3_600_000).toISOString();
  return (
    <Input.Wrapper
      id={id}
      label="The link opens for"
      required
      error={error}
      description={until ? `Until ${formatTime(until)}` : `1 hour to ${LONGEST_HOURS / 24} days`}
      inputWrapperOrder={["label", "input", "description", "error"]}
    >
      <div className={classes.lifetime}>
        <NumberInput
          id={id}
          value={value.lifetime}
          onChange={(lifetime) => onChange({ ...pickLifetime(value), lifetime })}
          min={1}
          max={value.unit === "days" ? LONGEST_HOURS / 24 : LONGEST_HOURS}
          clampBehavior="none"
          allowDecimal={false}
          allowNegative={false}
          error={Boolean(error)}
          data-testid="invite-lifetime"
        />
        <SegmentedControl
          value={value.unit}
          onChange={(unit) => onChange({ ...pickLifetime(value), unit: unit as Lifetime["unit"] })}
          data={[
            { value: "hours", label: <span data-testid="invite-unit-hours">Hours</span> },
            { value: "days", label: <span data-testid="invite-unit-days">Days</span> },
          ]}
          aria-label="Hours or days"
        />
      </div>
    </Input.Wrapper>
  );
}

/** Drops the other fields of the draft. */
const pickLifetime = ({ lifetime, unit }: Lifetime): Lifetime => ({ lifetime, unit });
