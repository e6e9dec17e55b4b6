import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { useScrollElement } from "../navigation/scroll";

/** How many rows before the last one more are loaded. */
const NEAR_END = 30;

interface Options {
  count: number;
  /** Must be stable: all positions are computed again whenever it changes. */
  keyOf: (index: number) => string;
  /** Expected height in pixels. Must be stable, like `keyOf`. */
  heightOf: (index: number) => number;
  /** Rows drawn on each side of the visible part. */
  overscan?: number;
  /** The table scrolls itself; otherwise it scrolls with the screen. */
  scrollsItself?: boolean;
  /** Expected distance from the top of the screen, until it is measured. */
  above?: number;
  /** Where the screen is scrolled to at first. */
  offset?: number;
  /** Draws all rows, for paper. */
  all?: boolean;
  /** Called near the last row. */
  onNearEnd?: () => void;
}

export interface DrawnRow {
  index: number;
  key: string;
  /** Pixels from the top of the table's body. */
  top: number;
}

export type VirtualRows = ReturnType<typeof useVirtualRows>;

/** Which rows of a long table are near the visible part, and where they are. */
export function useVirtualRows(options: Options) {
  const { count, keyOf, heightOf, overscan = 10, scrollsItself = false, onNearEnd } = options;
  const screen = useScrollElement();
  const scroll = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(options.above ?? 0);
  useLayoutEffect(() => {
    if (scrollsItself) return;
    const top = body.current?.offsetTop ?? 0;
    setMargin((before) => (before === top ? before : top));
  });
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => (scrollsItself ? scroll : screen).current,
    estimateSize: heightOf,
    getItemKey: keyOf,
    overscan,
    scrollMargin: margin,
    initialRect: { width: 1000, height: scrollsItself ? 340 : 800 },
    initialOffset: options.offset,
  });
  const near = virtual.getVirtualItems();
  const last = near.at(-1)?.index ?? -1;
  useEffect(() => {
    if (last >= count - NEAR_END) onNearEnd?.();
  }, [last, count, onNearEnd]);
  const drawn: DrawnRow[] = options.all
    ? Array.from({ length: count }, (_, index) => ({ index, key: keyOf(index), top: 0 }))
    : near.map(({ index, key, start }) => ({ index, key: String(key), top: start - margin }));
  return {
    drawn,
    height: virtual.getTotalSize(),
    body,
    scroll,
    keyOf,
    scrollTo: virtual.scrollToIndex,
    resize: virtual.resizeItem,
  };
}
