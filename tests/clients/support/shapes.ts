// Holds what the stand-in says against the types of the official clients.

import { Ajv, type ValidateFunction } from "ajv";
import { inject } from "vitest";
import type { Shape, Shapes } from "./types";

const schemas: { definitions: Record<string, { properties?: object }> } = JSON.parse(
  inject("schemas"),
);
const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
ajv.addSchema(schemas, "shapes");

/** Fails unless `value` is of this shape: nothing missing, nothing unknown, nothing of another type. */
export function expectShape<S extends Shape>(shape: S, value: unknown): asserts value is Shapes[S] {
  const validate = validator(shape);
  if (!validate(value)) {
    const faults = validate.errors?.map((error) => {
      const property = error.params.additionalProperty ?? "";
      return `${error.instancePath || "/"} ${error.message} ${property}`;
    });
    throw new Error(
      `not the ${shape} that the official client declares:\n  ${faults?.join("\n  ")}\n${JSON.stringify(value, null, 2)}`,
    );
  }
}

/** Whether there is a schema for it. */
export function isShape(name: string): name is Shape {
  return ajv.getSchema(pointer(name)) !== undefined;
}

/** The properties of a type that the official client declares. */
export function propertiesOf(type: string): string[] {
  return Object.keys(schemas.definitions[type]?.properties ?? {});
}

function validator(shape: Shape): ValidateFunction {
  const found = ajv.getSchema(pointer(shape));
  if (!found) {
    throw new Error(`there is no schema for ${shape}`);
  }
  return found;
}

/** The place of a property's type in the schema of `Shapes`. */
function pointer(name: string): string {
  const escaped = name.replaceAll("~", "~0").replaceAll("/", "~1");
  return `shapes#/definitions/Shapes/properties/${encodeURIComponent(escaped)}`;
}
