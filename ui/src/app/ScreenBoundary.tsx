import type { ReactNode } from "react";
import { Boundary } from "../kit/components/Boundary";
import { useNavigation } from "../kit/navigation/route";

/** Keeps a screen's error to that screen: the navigation stays, and another screen is shown as ever. */
export function ScreenBoundary({ children }: { children: ReactNode }) {
  const { route } = useNavigation();
  return (
    <Boundary what="This screen" of={route.screen}>
      {children}
    </Boundary>
  );
}
