import { ActionIcon, Button, Text, Tooltip, UnstyledButton } from "@mantine/core";
import { IconKeyboard, IconPlugConnected } from "@tabler/icons-react";
import { type ReactNode, type RefObject, useState } from "react";
import type { AppStatus } from "../api/start";
import { useRefresh } from "../data/balances";
import { useDecisionsDue } from "../data/decisions";
import { useOpenInvitations } from "../data/invitations";
import { EnvironmentBadge } from "../kit/components/EnvironmentBadge";
import { Logo } from "../kit/components/Logo";
import { useEnvironment } from "../kit/navigation/environment";
import { useLink } from "../kit/navigation/link";
import { useNavigation } from "../kit/navigation/route";
import { DemoPlace } from "./DemoPlace";
import classes from "./Frame.module.css";
import { places } from "./places";
import { ShortcutsModal } from "./ShortcutsModal";
import { useShortcuts } from "./useShortcuts";

interface Props {
  status: AppStatus;
  scroll: RefObject<HTMLElement | null>;
  children: ReactNode;
}

export function Frame({ status, scroll, children }: Props) {
  const environment = useEnvironment();
  const { route, go } = useNavigation();
  const link = useLink();
  const refresh = useRefresh();
  const openInvitations = useOpenInvitations();
  const decisionsDue = useDecisionsDue();
  const [showingShortcuts, setShowingShortcuts] = useState(false);
  useShortcuts({
    goTo: (number) => {
      const place = places[number - 1];
      if (place) go({ screen: place.screen });
    },
    link: link.open,
    refreshAll: () => {
      go({ screen: "accounts" });
      refresh.run({ kind: "all" });
    },
    help: () => setShowingShortcuts(true),
  });
  return (
    <div className={classes.frame} data-environment={environment}>
      <a className={classes.skip} href="#main">
        Skip to the content
      </a>
      <header className={classes.top}>
        <span className={classes.mark}>
          <Logo />
          <span className={classes.product}>Balance Desk</span>
        </span>
        <EnvironmentBadge environment={environment} />
        <span className={classes.space} />
        <Button
          size="sm"
          leftSection={<IconPlugConnected size={16} aria-hidden />}
          onClick={link.open}
          data-testid="link-bank"
        >
          {link.waiting ? "Linking…" : "Link a bank"}
        </Button>
      </header>
      <nav className={classes.nav} aria-label="Screens">
        {places.map(({ screen, label, Icon }) => (
          <Tooltip
            key={screen}
            label={label}
            position="right"
            classNames={{ tooltip: classes.tip }}
          >
            <UnstyledButton
              className={classes.place}
              aria-current={route.screen === screen ? "page" : undefined}
              onClick={() => go({ screen })}
              data-testid={`nav-${screen}`}
            >
              <Icon size={19} stroke={1.7} aria-hidden />
              <span className={classes.label}>{label}</span>
              {screen === "decisions" && decisionsDue > 0 ? (
                <span className={`countBadge ${classes.count}`}>
                  <span data-testid="decisions-due">{decisionsDue}</span>
                  <span className="visuallyHidden"> due</span>
                </span>
              ) : null}
              {screen === "invitations" && openInvitations > 0 ? (
                <span className={`countBadge ${classes.count}`}>
                  <span data-testid="invitations-open">{openInvitations}</span>
                  <span className="visuallyHidden"> open</span>
                </span>
              ) : null}
            </UnstyledButton>
          </Tooltip>
        ))}
        {environment === "demo" ? <DemoPlace /> : null}
        <span className={classes.space} />
        <div className={classes.foot}>
          <Tooltip label="Keyboard shortcuts (?)" position="right">
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label="Keyboard shortcuts"
              onClick={() => setShowingShortcuts(true)}
            >
              <IconKeyboard size={18} />
            </ActionIcon>
          </Tooltip>
          <Text size="xs" c="dimmed" className={classes.label}>
            {status.version}
          </Text>
        </div>
      </nav>
      <main className={classes.main} id="main" tabIndex={-1} ref={scroll}>
        {children}
      </main>
      <ShortcutsModal opened={showingShortcuts} onClose={() => setShowingShortcuts(false)} />
    </div>
  );
}
