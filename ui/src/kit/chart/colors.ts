/** Chart colors. They can't come from the style sheet, because a canvas ignores it. */
import { useComputedColorScheme } from "@mantine/core";
import { usePrinting } from "../print/usePrinting";

const light = {
  text: "#536170",
  grid: "#e0e6eb",
  surface: "#ffffff",
  current: "#125d72",
  second: "#b05a00",
  mark: "#b42323",
  gap: "rgba(83, 97, 112, 0.09)",
  rate: "#17212b",
  // The palette of Okabe and Ito, which color-blind readers can tell apart.
  accepted: "#0072b2",
  reviewed: "#e69f00",
  rerouted: "#cc4400",
  rest: "#a5b0ba",
};

export type ChartColors = typeof light;

const dark: ChartColors = {
  text: "#9caab7",
  grid: "#2a353e",
  surface: "#182027",
  current: "#54a3b9",
  second: "#f2a65c",
  mark: "#ff9a94",
  gap: "rgba(156, 170, 183, 0.1)",
  rate: "#dfe6ec",
  accepted: "#56b4e9",
  reviewed: "#f0c24b",
  rerouted: "#f2793a",
  rest: "#5b6a76",
};

/** The colors of the current scheme; paper is always light. */
export function useChartColors(): ChartColors {
  const scheme = useComputedColorScheme();
  return usePrinting() || scheme === "light" ? light : dark;
}
