import { type NotificationData, notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { AccountsList } from "../api/accounts";
import { commands, queries } from "../api/commands";
import type { ItemRemoved, ItemView } from "../api/items";
import { useAct } from "../kit/hooks/useAct";
import { bankInTrouble } from "../kit/words/account";
import { invalidate } from "./client";

export function useItems() {
  return useQuery(queries.itemsView());
}

export function usePeople() {
  return useQuery(queries.peopleList());
}

/** Acts on one Item. */
export function useItemActs(itemId: string, onDone: () => void) {
  const client = useQueryClient();
  const show = (changed: ItemView) => {
    client.setQueryData(
      queries.itemsView().queryKey,
      (view) =>
        view && {
          ...view,
          items: view.items.map((item) => (item.itemId === changed.itemId ? changed : item)),
        },
    );
    client.setQueryData(
      queries.accountsList(null).queryKey,
      (list) => list && withItem(list, changed),
    );
    void invalidate(client, "itemsChanged");
    onDone();
  };
  const check = useAct(
    () => commands.itemCheck(itemId),
    (item) => {
      show(item);
      if (item.health.state === "healthy" && !bankInTrouble(item)) {
        notifications.show({ message: `${item.institutionName}: the connection works.` });
      }
    },
  );
  const rotate = useAct(
    () => commands.itemRotateToken(itemId),
    (item) => {
      show(item);
      notifications.show({
        message: `${item.institutionName}: the access token was rotated. The old one no longer works.`,
      });
    },
  );
  const remove = useAct(
    () => commands.itemRemove(itemId),
    (removed) => {
      onDone();
      void invalidate(client, "itemsChanged");
      notifications.show(removalWords(removed));
    },
  );
  const resetLogin = useAct(() => commands.itemResetLogin(itemId), show);
  const different = useAct(() => commands.itemNotDuplicate(itemId), show);
  const dismissAdvice = useAct(() => commands.itemDismissAdvice(itemId), show);
  return { check, rotate, remove, resetLogin, different, dismissAdvice };
}

/** The list with one changed Item. */
function withItem(list: AccountsList, changed: ItemView): AccountsList {
  const { health, advice, checkedAt, institutionStatus, duplicateOf, consentExpiresAt } = changed;
  const now = { health, advice, checkedAt, institutionStatus, duplicateOf, consentExpiresAt };
  return {
    ...list,
    items: list.items.map((item) => (item.itemId === changed.itemId ? { ...item, ...now } : item)),
  };
}

function removalWords({ institutionName, outcome }: ItemRemoved): NotificationData {
  switch (outcome.kind) {
    case "removed":
      return { message: `${institutionName} was removed.` };
    case "endedHere":
      return {
        message: `${institutionName} was removed here. Plaid did not accept its access token and may still hold the connection: look in Plaid's Dashboard, or ask Plaid's support to remove it.`,
        autoClose: false,
      };
    case "queued":
      return {
        message: `${institutionName} is not removed yet: Plaid could not be told. It is told again by itself, also after a restart.`,
        autoClose: 10_000,
      };
  }
}

export type ItemActs = ReturnType<typeof useItemActs>;
