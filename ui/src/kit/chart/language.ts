/** uPlot formats numbers in navigator.language when it loads, and fails if that is "C" (LANG=C). Import this first. */
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, "language", { value: "en-US", configurable: true });
}

export {};
