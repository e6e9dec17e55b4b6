import type { Environment } from "../../api/environment";

export const environmentWords: Record<Environment, { name: string; words: string }> = {
  demo: { name: "Demo", words: "practice data" },
  sandbox: { name: "Sandbox", words: "test banks" },
  production: { name: "Production", words: "real money" },
};

/** The name of a stored environment. */
export const environmentName = (environment: string): string =>
  environmentWords[environment as Environment]?.name ?? environment;
