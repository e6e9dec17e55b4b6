/** Exact sums and comparisons of decimal texts: every amount is counted in whole units of one small part, as BigInt. */

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/** How many decimals a text has; 0 for what is no decimal. */
export function decimalsOf(text: string): number {
  return DECIMAL.exec(text)?.[3]?.length ?? 0;
}

/** A decimal text in units of 10^-decimals; null for what is no decimal. It must not have more decimals. */
export function toUnits(text: string, decimals: number): bigint | null {
  const match = DECIMAL.exec(text);
  if (!match) return null;
  const [, sign = "", whole = "0", given = ""] = match;
  const units = BigInt(whole + given.padEnd(decimals, "0"));
  return sign ? -units : units;
}

/** The decimal text of so many units of 10^-decimals, without zeros that say nothing. */
export function fromUnits(units: bigint, decimals: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const part = digits.slice(digits.length - decimals).replace(/0+$/, "");
  return `${units < 0n ? "-" : ""}${whole}${part ? `.${part}` : ""}`;
}
