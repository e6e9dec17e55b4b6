import { useQuery } from "@tanstack/react-query";
import { items } from "../api/ipc";
import type { ItemsView, PersonView } from "../api/items";
import type { Problem } from "../api/problem";
import { keys } from "./client";

/** Items with their accounts and newest readings, and the totals. */
export function useItems() {
  return useQuery<ItemsView, Problem>({ queryKey: keys.items, queryFn: items.view });
}

/** The people banks are linked for. */
export function usePeople() {
  return useQuery<PersonView[], Problem>({ queryKey: keys.people, queryFn: items.people });
}
