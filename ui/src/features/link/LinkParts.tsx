/** The parts shared by the stages of a Link session. */
import { Button, Group, Text, Title } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { LinkSessionView } from "../../api/link";
import type { Problem } from "../../api/problem";

export interface SessionProps {
  session: LinkSessionView;
  onChanged: (session: LinkSessionView) => void;
  /** Starts over: the form, or the repair of the same Item. */
  onAgain: () => void;
  onClose: () => void;
}

interface HeadProps {
  icon: ReactNode;
  title: string;
  children: ReactNode;
}

export function StageHead({ icon, title, children }: HeadProps) {
  return (
    <Group gap="sm" wrap="nowrap" align="flex-start">
      <span style={{ flex: "none", display: "inline-flex" }} aria-hidden>
        {icon}
      </span>
      <div style={{ minWidth: 0 }}>
        <Title order={3} fz="1rem" className="breakable">
          {title}
        </Title>
        {children}
      </div>
    </Group>
  );
}

/** The Item to repair already works again, so nothing is left to do. */
export function WorksAgain({ problem, onClose }: { problem: Problem; onClose: () => void }) {
  return (
    <div data-testid="link-works-again" role="status">
      <StageHead
        icon={<IconCircleCheck size={26} color="var(--desk-good)" />}
        title="It works again already"
      >
        <Text size="sm" c="dimmed">
          {problem.message}
        </Text>
      </StageHead>
      <Button mt="md" onClick={onClose} data-autofocus data-testid="link-close">
        Close
      </Button>
    </div>
  );
}
