// Makes JSON schemas from the official clients' types, once for all tests. Unknown properties are errors.

import { fileURLToPath } from "node:url";
import { createGenerator } from "ts-json-schema-generator";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** The JSON schema of `Shapes`. */
    schemas: string;
  }
}

export default function setup(project: TestProject): void {
  const generator = createGenerator({
    path: fileURLToPath(new URL("types.ts", import.meta.url)),
    type: "Shapes",
    expose: "all",
    additionalProperties: false,
    // `npm run typecheck` checks the types.
    skipTypeCheck: true,
  });
  project.provide("schemas", JSON.stringify(generator.createSchema("Shapes")));
}
