import { UnstyledButton } from "@mantine/core";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { type ReactNode, useId, useState } from "react";

interface Props {
  label: string;
  children: ReactNode;
  testId?: string;
  open?: boolean;
}

export function Disclosure({ label, children, testId, open = false }: Props) {
  const id = useId();
  const [asked, setAsked] = useState(false);
  const opened = asked || open;
  return (
    <div>
      <UnstyledButton
        aria-expanded={opened}
        aria-controls={id}
        onClick={() => setAsked(!opened)}
        data-testid={testId}
        style={{
          display: "inline-flex",
          alignItems: "center",
          gap: 4,
          fontSize: "0.8125rem",
          fontWeight: 550,
          color: "var(--mantine-color-anchor)",
          minHeight: 26,
        }}
      >
        {opened ? <IconChevronDown size={15} /> : <IconChevronRight size={15} />}
        {label}
      </UnstyledButton>
      <div id={id} hidden={!opened} style={{ marginTop: opened ? 8 : 0 }}>
        {opened ? children : null}
      </div>
    </div>
  );
}
