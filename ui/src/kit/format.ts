/** Formats amounts, dates, and ages. Amounts stay decimal texts and keep every digit. */

/** The window's language, for texts and numbers alike. */
const LOCALE = "en-US";

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

type Around = [before: string, behind: string];

/** Formats are cached, because creating one costs more than a hundred uses. */
interface CurrencyFormat {
  positive: Around;
  negative: Around;
  decimals: number;
}

const currencyFormats = new Map<string, CurrencyFormat | null>();

/** Null for an unknown currency code. */
function currencyFormat(currency: string): CurrencyFormat | null {
  let known = currencyFormats.get(currency);
  if (known === undefined) {
    known = makeCurrencyFormat(currency);
    currencyFormats.set(currency, known);
  }
  return known;
}

function makeCurrencyFormat(currency: string): CurrencyFormat | null {
  const style = { style: "currency", currency } as const;
  try {
    const usual = new Intl.NumberFormat(LOCALE, style).resolvedOptions();
    const whole = { minimumFractionDigits: 0, maximumFractionDigits: 0 };
    const format = new Intl.NumberFormat(LOCALE, { ...style, ...whole });
    return {
      positive: around(format.formatToParts(1)),
      negative: around(format.formatToParts(-1)),
      decimals: usual.maximumFractionDigits ?? 2,
    };
  } catch {
    return null;
  }
}

function around(parts: Intl.NumberFormatPart[]): Around {
  const figure = parts.findIndex(({ type }) => type === "integer");
  const text = (some: Intl.NumberFormatPart[]) => some.map(({ value }) => value).join("");
  return [text(parts.slice(0, figure)), text(parts.slice(figure + 1))];
}

const wholeNumber = new Intl.NumberFormat(LOCALE);

/** A BigInt is never rounded. */
function groupDigits(whole: string): string {
  return wholeNumber.format(BigInt(whole));
}

/**
 * Formats a decimal text with all its decimals, and at least as many as the currency has. Unofficial and unknown
 * codes follow the amount.
 */
export function formatMoney(text: string, currency: string | null, unofficial = false): string {
  const match = DECIMAL.exec(text);
  if (!match) return currency ? `${text} ${currency}` : text;
  const [, sign = "", whole = "0", given = ""] = match;
  const known = currency && !unofficial ? currencyFormat(currency) : null;
  if (!currency || !known) {
    const figure = `${sign ? "-" : ""}${groupDigits(whole)}${given ? `.${given}` : ""}`;
    return currency ? `${figure} ${currency}` : figure;
  }
  const decimals = given.padEnd(known.decimals, "0");
  const [before, behind] = sign ? known.negative : known.positive;
  return `${before}${groupDigits(whole)}${decimals ? `.${decimals}` : ""}${behind}`;
}

const exactTime = new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium", timeStyle: "medium" });
const shortTime = new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium", timeStyle: "short" });
const timeOfDay = new Intl.DateTimeFormat(LOCALE, { timeStyle: "short" });
const dateOnly = new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium" });
const calendarDay = new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium", timeZone: "UTC" });

function formatWith(format: Intl.DateTimeFormat, rfc3339: string): string {
  const time = new Date(rfc3339);
  return Number.isNaN(time.getTime()) ? rfc3339 : format.format(time);
}

/** Date and time to the second, in the user's time zone. */
export const formatExactTime = (rfc3339: string) => formatWith(exactTime, rfc3339);

/** Date and time to the minute, in the user's time zone. */
export const formatTime = (rfc3339: string) => formatWith(shortTime, rfc3339);

/** The date of a point in time, in the user's time zone. */
export const formatDate = (rfc3339: string) => formatWith(dateOnly, rfc3339);

/** The hour and minute of a point in time, in the user's time zone. */
export const formatTimeOfDay = (rfc3339: string) => formatWith(timeOfDay, rfc3339);

/** A calendar day (`YYYY-MM-DD`), which belongs to no time zone. */
export const formatDay = (day: string) => formatWith(calendarDay, `${day}T00:00:00Z`);

const calendarMonth = new Intl.DateTimeFormat(LOCALE, {
  year: "numeric",
  month: "long",
  timeZone: "UTC",
});

/** A calendar month (`YYYY-MM`): "November 2026". */
export const formatMonth = (month: string) => formatWith(calendarMonth, `${month}-01T00:00:00Z`);

/** How long ago `rfc3339` was at `now`: "just now", "2 min ago", "3 h ago", "5 days ago", a date. */
export function formatAge(rfc3339: string, now: number): string {
  const then = new Date(rfc3339).getTime();
  if (Number.isNaN(then)) return rfc3339;
  const seconds = Math.floor((now - then) / 1000);
  if (seconds < 45) return "just now";
  const minutes = Math.max(1, Math.round(seconds / 60));
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.round(minutes / 60);
  if (hours < 24) return `${hours} h ago`;
  const days = Math.round(hours / 24);
  if (days < 31) return days === 1 ? "1 day ago" : `${days} days ago`;
  return dateOnly.format(then);
}

/** How long until `rfc3339` at `now`: "6 days", "3 h", "12 min", "less than a minute"; null once it is past. */
export function formatLeft(rfc3339: string, now: number): string | null {
  const seconds = Math.floor((new Date(rfc3339).getTime() - now) / 1000);
  if (Number.isNaN(seconds) || seconds <= 0) return null;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return "less than a minute";
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  if (hours < 48) return `${hours} h`;
  return count(Math.round(hours / 24), "day");
}

/** "about 5 s", "about 3 min", "about 2 h". */
export function formatRoughDuration(seconds: number): string {
  if (seconds < 90) return `about ${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `about ${minutes} min` : `about ${Math.round(minutes / 60)} h`;
}

/** "10,008". */
export const formatCount = (number: number) => wholeNumber.format(number);

/** "1 account", "2 accounts". */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${formatCount(number)} ${number === 1 ? one : many}`;
}
