/** Exact arithmetic on decimal texts, as BigInt counts of a small unit. */

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

export function decimalsOf(text: string): number {
  return DECIMAL.exec(text)?.[3]?.length ?? 0;
}

/** A decimal text in units of 10^-decimals. The text must not have more decimals than that. */
export function toUnits(text: string, decimals: number): bigint | null {
  const match = DECIMAL.exec(text);
  if (!match) return null;
  const [, sign = "", whole = "0", given = ""] = match;
  const units = BigInt(whole + given.padEnd(decimals, "0"));
  return sign ? -units : units;
}

/** The inverse of `toUnits`, without trailing zeros. */
export function fromUnits(units: bigint, decimals: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const part = digits.slice(digits.length - decimals).replace(/0+$/, "");
  return `${units < 0n ? "-" : ""}${whole}${part ? `.${part}` : ""}`;
}
