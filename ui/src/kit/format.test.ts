import { describe, expect, it } from "vitest";
import { count, formatAge, formatDay, formatMoney } from "./format";

describe("formatMoney", () => {
  it.each([
    ["23631.9805", "USD", "$23,631.9805"],
    ["100", "USD", "$100.00"],
    ["75.5", "USD", "$75.50"],
    ["0", "USD", "$0.00"],
    ["-410", "USD", "-$410.00"],
    ["-0.05", "USD", "-$0.05"],
    ["0.1", "EUR", "€0.10"],
    ["1200", "JPY", "¥1,200"],
    ["1200.5", "JPY", "¥1,200.5"],
    ["1.5", "KWD", "KWD\u00a01.500"],
    ["900719925474099301.23", "USD", "$900,719,925,474,099,301.23"],
    [
      "123456789012345678901234567.123456789",
      "USD",
      "$123,456,789,012,345,678,901,234,567.123456789",
    ],
  ])("shows every digit of %s %s", (text, currency, shown) => {
    expect(formatMoney(text, currency)).toBe(shown);
  });

  it("puts an unofficial code behind the figure", () => {
    expect(formatMoney("1234.56789", "BTC", true)).toBe("1,234.56789 BTC");
    expect(formatMoney("12", "not a code")).toBe("12 not a code");
  });

  it("shows a figure without a currency as a figure only", () => {
    expect(formatMoney("1234.5", null)).toBe("1,234.5");
  });

  it("shows what is no decimal as it came", () => {
    expect(formatMoney("1e9", "USD")).toBe("1e9 USD");
  });
});

describe("formatAge", () => {
  const now = Date.parse("2026-11-24T12:00:00Z");
  it.each([
    ["2026-11-24T12:00:05Z", "just now"],
    ["2026-11-24T11:59:30Z", "just now"],
    ["2026-11-24T11:58:00Z", "2 min ago"],
    ["2026-11-24T09:00:00Z", "3 h ago"],
    ["2026-11-23T11:00:00Z", "1 day ago"],
    ["2026-11-19T12:00:00Z", "5 days ago"],
    ["2026-09-01T12:00:00Z", "Sep 1, 2026"],
    ["no time", "no time"],
  ])("%s is %s", (at, words) => {
    expect(formatAge(at, now)).toBe(words);
  });
});

it("keeps a calendar day in every time zone", () => {
  expect(formatDay("2026-11-23")).toBe("Nov 23, 2026");
});

it("counts in words", () => {
  expect(count(1, "Item")).toBe("1 Item");
  expect(count(1200, "Item")).toBe("1,200 Items");
});
