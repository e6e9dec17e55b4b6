// Checks values against the official clients' types.

import { Ajv, type ValidateFunction } from "ajv";
import { inject } from "vitest";
import type { Shape, Shapes } from "./types";

const schemas: { definitions: Record<string, { properties?: object }> } = JSON.parse(
  inject("schemas"),
);
const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
ajv.addSchema(schemas, "shapes");

/** Fails if a property of `value` is missing, unknown, or of another type. */
export function expectShape<S extends Shape>(shape: S, value: unknown): asserts value is Shapes[S] {
  const validate = validator(shape);
  if (!validate(value)) {
    const errors = validate.errors?.map((error) => {
      const property = error.params.additionalProperty ?? "";
      return `${error.instancePath || "/"} ${error.message} ${property}`;
    });
    throw new Error(
      `not the ${shape} that the official client declares:\n  ${errors?.join("\n  ")}\n${JSON.stringify(value, null, 2)}`,
    );
  }
}

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

/** Where the schema of `Shapes` has this property's type. */
function pointer(name: string): string {
  const escaped = name.replaceAll("~", "~0").replaceAll("/", "~1");
  return `shapes#/definitions/Shapes/properties/${encodeURIComponent(escaped)}`;
}
