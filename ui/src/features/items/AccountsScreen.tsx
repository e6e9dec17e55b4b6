import { Button, Group, Text } from "@mantine/core";
import { IconBuildingBank, IconRefresh } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { ItemsView, ItemView } from "../../bindings/items";
import { ActButton } from "../../components/ActButton";
import { EmptyState } from "../../components/EmptyState";
import { ProblemNotice } from "../../components/ProblemNotice";
import { Screen } from "../../components/Screen";
import { Waiting } from "../../components/Waiting";
import { useEnvironment } from "../../frame/environmentContext";
import { useScrollElement } from "../../frame/scroll";
import { RefreshBar } from "../balances/RefreshBar";
import { useRefresh } from "../balances/refresh";
import { HeldNotice } from "../link/HeldNotice";
import { useLink } from "../link/link";
import { Attention } from "./Attention";
import { ItemCard } from "./ItemCard";
import { ShowItemContext } from "./showItem";
import { Totals } from "./Totals";
import { useItems } from "./useItems";

/** Institutions and accounts with their newest balances. */
export function AccountsScreen() {
  const { data, error, refetch } = useItems();
  const some = data !== undefined && data.items.length > 0;
  return (
    <Screen title="Accounts" actions={some ? <RefreshAll /> : null}>
      <HeldNotice />
      {error ? <ProblemNotice problem={error} onRetry={() => void refetch()} /> : null}
      {!data && !error ? <Waiting>Reading your accounts…</Waiting> : null}
      {data && !some ? <NoItems /> : null}
      {some ? <Items view={data} /> : null}
    </Screen>
  );
}

function Items({ view }: { view: ItemsView }) {
  const list = useRef<(itemId: string) => void>(() => {});
  const show = useCallback((itemId: string) => list.current(itemId), []);
  return (
    <ShowItemContext value={show}>
      <RefreshBar />
      <Attention items={view.items} />
      {view.totals.length > 0 ? <Totals totals={view.totals} /> : null}
      <ItemList items={view.items} show={list} />
    </ShowItemContext>
  );
}

function RefreshAll() {
  const refresh = useRefresh();
  const billed = useEnvironment() === "production";
  const mine = refresh.scope?.kind === "all";
  return (
    <Group gap="sm">
      <Text size="xs" c="dimmed" maw={460} ta="right">
        {billed
          ? "Refreshing asks the banks live. Plaid bills each Item read."
          : "Refreshing asks the banks live; in Production Plaid bills each Item read."}
      </Text>
      <ActButton
        variant="default"
        leftSection={<IconRefresh size={16} aria-hidden />}
        onClick={() => refresh.run({ kind: "all" })}
        running={mine}
        runningLabel="Refreshing…"
        disabled={refresh.scope !== null && !mine}
        data-testid="refresh-all"
      >
        Refresh all
      </ActButton>
    </Group>
  );
}

function NoItems() {
  const link = useLink();
  return (
    <EmptyState
      icon={<IconBuildingBank size={40} stroke={1.4} />}
      title="No bank is linked yet"
      action={
        <Button onClick={link.open} data-testid="empty-link-bank">
          Link the first bank
        </Button>
      }
    >
      Link a bank to see its accounts with real-time balances, and to ask before each ACH debit
      whether it is likely to be returned.
    </EmptyState>
  );
}

/** Draws only the Items near the visible part, so that hundreds of them stay quick. */
function ItemList({
  items,
  show,
}: {
  items: ItemView[];
  show: RefObject<(itemId: string) => void>;
}) {
  const scroll = useScrollElement();
  const list = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => {
    const top = list.current?.offsetTop ?? 0;
    setMargin((before) => (before === top ? before : top));
  });
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroll.current,
    estimateSize: (index) => 110 + (items[index]?.accounts.length ?? 0) * 50,
    getItemKey: (index) => items[index]?.itemId ?? index,
    overscan: 4,
    scrollMargin: margin,
    initialRect: { width: 1000, height: 800 },
  });
  useEffect(() => {
    show.current = (itemId) => {
      const index = items.findIndex((item) => item.itemId === itemId);
      if (index >= 0) virtual.scrollToIndex(index, { align: "start" });
    };
  });
  const drawn = virtual.getVirtualItems();
  const before = (drawn[0]?.start ?? margin) - margin;
  const after = virtual.getTotalSize() - ((drawn.at(-1)?.end ?? margin) - margin);
  return (
    <div ref={list} style={{ paddingTop: Math.max(0, before), paddingBottom: Math.max(0, after) }}>
      {drawn.map(({ index, key }) => {
        const item = items[index];
        return item ? (
          <div key={key} data-index={index} ref={virtual.measureElement} className="flowRoot">
            <ItemCard item={item} />
          </div>
        ) : null;
      })}
    </div>
  );
}
