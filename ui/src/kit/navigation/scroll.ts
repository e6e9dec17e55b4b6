import { createContext, type RefObject, useContext } from "react";

/** The element that scrolls the screens; long lists draw only what it shows. */
export const ScrollContext = createContext<RefObject<HTMLElement | null>>({ current: null });

export const useScrollElement = () => useContext(ScrollContext);
