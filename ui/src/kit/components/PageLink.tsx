import { Anchor, Text } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { commands } from "../../api/commands";
import { useAct } from "../hooks/useAct";

/** A link that opens in the system's browser. */
export function PageLink({ url, children }: { url: string; children: ReactNode }) {
  const page = useAct(() => commands.openPage(url));
  return (
    <>
      <Anchor
        component="button"
        type="button"
        size="sm"
        ta="left"
        title={url}
        onClick={() => page.run()}
      >
        {children} <IconExternalLink size={13} style={{ verticalAlign: "-2px" }} aria-hidden />
        <span className="visuallyHidden"> (opens in your browser)</span>
      </Anchor>
      {page.problem ? (
        <Text size="xs" c="var(--desk-bad)" role="alert">
          {page.problem.message}
        </Text>
      ) : null}
    </>
  );
}
