import { Tooltip } from "@mantine/core";
import { formatAge, formatExactTime } from "../format";
import { useNow } from "../hooks/useNow";

/** How long ago something was; keeps itself current and tells the exact time when pointed at. */
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
