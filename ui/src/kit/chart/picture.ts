import type uPlot from "uplot";

/** Replaces a chart by a picture, because WebKitGTK prints canvases empty or black. */
export async function becomePicture(chart: uPlot): Promise<void> {
  // uPlot draws in a microtask.
  await Promise.resolve();
  const image = new Image();
  image.alt = "";
  image.width = chart.width;
  image.style.maxWidth = "100%";
  image.src = chart.ctx.canvas.toDataURL();
  await image.decode();
  chart.root.replaceWith(image);
}
