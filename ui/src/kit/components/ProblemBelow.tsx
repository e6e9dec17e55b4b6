import type { Problem } from "../../api/problem";
import { ProblemNotice } from "./ProblemNotice";

export function ProblemBelow({
  problem,
  onRetry,
}: {
  problem: Problem | null;
  onRetry?: () => void;
}) {
  return problem ? (
    <div style={{ marginTop: 10 }}>
      <ProblemNotice problem={problem} onRetry={onRetry} />
    </div>
  ) : null;
}
