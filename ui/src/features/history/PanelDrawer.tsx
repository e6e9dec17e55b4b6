import { Drawer } from "@mantine/core";
import type { PanelOf } from "./account";

/** The panel at the right of the window. */
export function PanelDrawer({ of, onClose }: { of: PanelOf | null; onClose: () => void }) {
  return (
    <Drawer
      opened={of !== null}
      onClose={onClose}
      position="right"
      size="xl"
      title="Account"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {null}
    </Drawer>
  );
}
