import { Drawer } from "@mantine/core";
import { lazy, Suspense, useRef } from "react";
import { Boundary } from "../kit/components/Boundary";
import { Waiting } from "../kit/components/Waiting";
import type { PanelOf } from "../kit/navigation/accountPanel";
import { Printed } from "../kit/print/Printed";
import { usePrinting } from "../kit/print/usePrinting";
import classes from "./PanelDrawer.module.css";

// The chart is not part of what the window paints first.
const PanelContent = lazy(() => import("./PanelContent"));

const keyOf = (shown: PanelOf) => (shown.kind === "account" ? shown.accountId : shown.currency);

interface Props {
  of: PanelOf | null;
  onClose: () => void;
}

/** Panel at the right of the window. Its last content stays visible while it closes. */
export function PanelDrawer({ of, onClose }: Props) {
  const last = useRef(of);
  if (of) last.current = of;
  const shown = of ?? last.current;
  return (
    <Drawer
      opened={of !== null}
      onClose={onClose}
      position="right"
      size="min(880px, calc(100vw - 48px))"
      title={shown?.kind === "total" ? `Total in ${shown.currency}` : "Account"}
      overlayProps={{ backgroundOpacity: 0.35 }}
      classNames={{
        content: classes.content,
        overlay: classes.overlay,
        header: classes.header,
        title: classes.title,
        body: classes.body,
      }}
      data-testid="account-panel"
      data-printed
    >
      <OnPaper />
      {shown ? (
        <Boundary what="This panel" of={keyOf(shown)}>
          <Suspense fallback={<Waiting>Opening…</Waiting>}>
            <PanelContent key={keyOf(shown)} of={shown} />
          </Suspense>
        </Boundary>
      ) : null}
    </Drawer>
  );
}

function OnPaper() {
  if (!usePrinting()) return null;
  return (
    <p className={classes.onPaper} data-testid="panel-on-paper">
      Balance Desk, <Printed />
    </p>
  );
}
