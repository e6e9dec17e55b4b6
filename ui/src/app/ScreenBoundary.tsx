import type { ReactNode } from "react";
import { Boundary } from "../kit/components/Boundary";
import { useNavigation } from "../kit/navigation/route";

/** Contains a screen's error, so that navigation and other screens keep working. */
export function ScreenBoundary({ children }: { children: ReactNode }) {
  const { route } = useNavigation();
  return (
    <Boundary what="This screen" of={route.screen}>
      {children}
    </Boundary>
  );
}
