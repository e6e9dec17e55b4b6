// Makes JSON schemas from the types of the official clients, once for all tests. They are closed: a
// property that a type does not know is a fault, as is one that it requires and that is not there.

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
    // `npm run typecheck` does it.
    skipTypeCheck: true,
  });
  project.provide("schemas", JSON.stringify(generator.createSchema("Shapes")));
}
