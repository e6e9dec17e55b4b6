import { useQuery } from "@tanstack/react-query";
import { commands } from "../api/commands";
import type { ItemsView, PersonView } from "../api/items";
import type { Problem } from "../api/problem";
import { keys } from "./client";

/** Items with their accounts and newest readings, and the totals. */
export function useItems() {
  return useQuery<ItemsView, Problem>({ queryKey: keys.items, queryFn: commands.itemsView });
}

/** The people banks are linked for. */
export function usePeople() {
  return useQuery<PersonView[], Problem>({ queryKey: keys.people, queryFn: commands.peopleList });
}
