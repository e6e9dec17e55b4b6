import type { Problem } from "../../api/problem";

export function problemAt(problem: Problem | null, field: string): string | undefined {
  return problem?.field === field ? problem.message : undefined;
}

/** The problem, unless one of the given fields shows it. */
export function problemBeside(problem: Problem | null, fields: string[]): Problem | null {
  return problem?.field !== undefined && fields.includes(problem.field) ? null : problem;
}
