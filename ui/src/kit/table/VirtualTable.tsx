import {
  type ComponentProps,
  Fragment,
  type ReactNode,
  type RefCallback,
  useLayoutEffect,
  useMemo,
  useRef,
} from "react";
import { type Drawable, useSlots } from "./useSlots";
import type { VirtualRows } from "./useVirtualRows";
import classes from "./VirtualTable.module.css";

interface Props<T extends Drawable> extends Omit<ComponentProps<"div">, "children"> {
  rows: VirtualRows;
  head: ReactNode;
  bodyClassName?: string;
  entryOf: (index: number) => T | undefined;
  renderEntry: (entry: T, index: number) => ReactNode;
  /** Attributes of the element that holds an entry. */
  attributes?: (entry: T, index: number) => ComponentProps<"div">;
  /**
   * Lets entries take over the elements of others, which is much quicker than making new ones: a search changes most
   * of the table with each letter. Heights are then measured. See `useSlots`.
   */
  reuse?: { held: string | undefined; source: unknown };
}

/** A table of any length. Only rows near the visible part are in the document. */
export function VirtualTable<T extends Drawable>(props: Props<T>) {
  const {
    rows,
    head,
    bodyClassName = "",
    entryOf,
    renderEntry,
    attributes,
    reuse,
    ...rest
  } = props;
  const slots = useSlots(
    rows.drawn.flatMap(({ index }) => entryOf(index) ?? []),
    reuse,
  );
  const places = new Map(rows.drawn.map((place) => [place.key, place]));
  const heights = useHeights(rows.resize);
  const measured = reuse !== undefined;
  // A reused element whose height stays the same triggers no observer.
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured again whenever one of these changes
  useLayoutEffect(() => {
    if (measured) heights.measure(rows.body.current);
  }, [slots, rows.keyOf]);
  return (
    <div {...rest}>
      {head}
      <div
        ref={rows.body}
        role="rowgroup"
        className={`${classes.body} ${bodyClassName}`}
        style={{ height: rows.height }}
      >
        {slots.map((slot) => {
          const place = slot.spare ? undefined : places.get(slot.entry.key);
          const entry = (place && entryOf(place.index)) ?? slot.entry;
          const index = place?.index ?? 0;
          return (
            <Element
              key={slot.id}
              entryKey={slot.entry.key}
              index={place?.index}
              top={place?.top}
              watch={measured ? heights.watch : undefined}
              attributes={attributes?.(entry, index)}
            >
              {renderEntry(entry, index)}
            </Element>
          );
        })}
      </div>
    </div>
  );
}

interface ElementProps {
  entryKey: string;
  /** Missing while the element is kept for a later entry. */
  index: number | undefined;
  top: number | undefined;
  watch: RefCallback<HTMLElement> | undefined;
  attributes: ComponentProps<"div"> | undefined;
  children: ReactNode;
}

/**
 * Passes its content on to the next entry unless the user has touched it. Clicked or focused content may have opened a
 * menu or started something that must not show up at another entry.
 */
function Element({ entryKey, index, top, watch, attributes, children }: ElementProps) {
  const owner = useRef({ entryKey, touched: false, number: 0 });
  const { current } = owner;
  const gone = index === undefined || current.entryKey !== entryKey;
  if (gone && current.touched) {
    owner.current = { entryKey, touched: false, number: current.number + 1 };
  } else if (gone) {
    owner.current = { ...current, entryKey };
  }
  const touch = () => {
    owner.current.touched = true;
  };
  return (
    <div
      role="presentation"
      {...attributes}
      ref={watch}
      className={`${classes.entry} ${attributes?.className ?? ""}`}
      data-index={index}
      data-spare={index === undefined || undefined}
      style={{
        ...attributes?.style,
        transform: top === undefined ? undefined : `translateY(${top}px)`,
      }}
      onClickCapture={touch}
      onFocusCapture={touch}
    >
      <Fragment key={owner.current.number}>{children}</Fragment>
    </div>
  );
}

/** Reports the heights of entries, now and whenever they change. */
function useHeights(report: (index: number, height: number) => void) {
  const latest = useRef(report);
  latest.current = report;
  return useMemo(() => {
    const one = (element: globalThis.Element) => {
      const { index } = (element as HTMLElement).dataset;
      if (index !== undefined) latest.current(Number(index), (element as HTMLElement).offsetHeight);
    };
    const observer = new ResizeObserver((changed) => {
      for (const { target } of changed) one(target);
    });
    return {
      measure: (body: HTMLElement | null) => {
        for (const element of body?.children ?? []) one(element);
      },
      watch: (element: HTMLElement | null) => {
        if (!element) return;
        observer.observe(element);
        return () => observer.unobserve(element);
      },
    };
  }, []);
}
