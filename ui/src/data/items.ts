import { useQuery } from "@tanstack/react-query";
import { queries } from "../api/commands";

/** Items with their accounts and newest readings, and the totals. */
export function useItems() {
  return useQuery(queries.itemsView());
}

/** The people banks are linked for. */
export function usePeople() {
  return useQuery(queries.peopleList());
}
