import type { Problem } from "../../api/problem";

/** The message for one input field, where the problem belongs to it. */
export function problemAt(problem: Problem | null, field: string): string | undefined {
  return problem?.field === field ? problem.message : undefined;
}

/** The problem, unless it belongs to one of the fields that show it themselves. */
export function problemBeside(problem: Problem | null, fields: string[]): Problem | null {
  return problem?.field !== undefined && fields.includes(problem.field) ? null : problem;
}
