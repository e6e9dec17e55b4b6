import { expect, it } from "vitest";
import { decimalsOf, fromUnits, toUnits } from "./exact";

it("counts exactly what a binary float cannot", () => {
  const sum = ["0.1", "0.2", "23631.9805", "-900719925474099301.23"]
    .map((text) => toUnits(text, 4) ?? 0n)
    .reduce((one, other) => one + other, 0n);
  expect(fromUnits(sum, 4)).toBe("-900719925474075668.9495");
});

it("knows decimals, zero and what is none", () => {
  expect(decimalsOf("23631.9805")).toBe(4);
  expect(decimalsOf("100")).toBe(0);
  expect(fromUnits(toUnits("-0.050", 3) ?? 0n, 3)).toBe("-0.05");
  expect(fromUnits(0n, 3)).toBe("0");
  expect(toUnits("1e5", 2)).toBeNull();
});
