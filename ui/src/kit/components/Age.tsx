import { Tooltip } from "@mantine/core";
import { formatAge, formatExactTime } from "../format";
import { useNow } from "../hooks/useNow";

/** An age that keeps itself current, with the exact time as a tooltip. */
export function Age({ at }: { at: string }) {
  const now = useNow();
  return (
    <Tooltip label={formatExactTime(at)}>
      <time dateTime={at} className="tabular">
        {formatAge(at, now)}
      </time>
    </Tooltip>
  );
}
