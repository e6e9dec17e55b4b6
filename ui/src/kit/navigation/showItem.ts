import { createContext, useContext } from "react";

/** Brings an Item's part of the list into view. */
export const ShowItemContext = createContext<(itemId: string) => void>(() => {});

export const useShowItem = () => useContext(ShowItemContext);
