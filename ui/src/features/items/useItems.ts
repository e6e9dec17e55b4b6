import { useQuery } from "@tanstack/react-query";
import type { ItemsView, PersonView } from "../../bindings/items";
import type { Problem } from "../../bindings/problem";
import { keys } from "../../hooks/queries";
import { items } from "../../ipc";

/** Items with their accounts and newest readings, and the totals. */
export function useItems() {
  return useQuery<ItemsView, Problem>({ queryKey: keys.items, queryFn: items.view });
}

/** The people banks are linked for. */
export function usePeople() {
  return useQuery<PersonView[], Problem>({ queryKey: keys.people, queryFn: items.people });
}
