import type uPlot from "uplot";

/** Puts a picture in the place of a chart: WebKitGTK puts canvases on paper empty or black. */
export async function becomePicture(chart: uPlot): Promise<void> {
  // The library draws in a microtask that was queued when the chart was made.
  await Promise.resolve();
  const image = new Image();
  image.alt = "";
  image.width = chart.width;
  image.style.maxWidth = "100%";
  image.src = chart.ctx.canvas.toDataURL();
  await image.decode();
  chart.root.replaceWith(image);
}
