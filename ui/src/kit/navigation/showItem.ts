import { createContext, useContext } from "react";

/** Scrolls the accounts list to an Item. */
export const ShowItemContext = createContext<(itemId: string) => void>(() => {});

export const useShowItem = () => useContext(ShowItemContext);
