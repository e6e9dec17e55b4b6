import { createContext, type RefObject, useContext } from "react";

/** The element that scrolls the screens, for virtual tables. */
export const ScrollContext = createContext<RefObject<HTMLElement | null>>({ current: null });

export const useScrollElement = () => useContext(ScrollContext);
