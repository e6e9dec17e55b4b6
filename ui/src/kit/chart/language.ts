/**
 * The chart library formats numbers in the language of the web view as soon as it is loaded. With `LANG=C` that is
 * "C", which is none, and the library would not load. It is told the language of the window instead.
 */
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, "language", { value: "en-US", configurable: true });
}

export {};
