import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useRef } from "react";
import { ErrorBoundary, type FallbackProps } from "react-error-boundary";
import classes from "./Boundary.module.css";
import { CopyButton } from "./CopyText";
import { Disclosure } from "./Disclosure";

interface Props {
  /** What fails, for example "This screen". */
  what: string;
  /** A change of this value retries automatically. */
  of?: string;
  children: ReactNode;
}

/** Contains a rendering error, which would otherwise blank the window. A retry reloads the data. */
export function Boundary({ what, of, children }: Props) {
  const client = useQueryClient();
  const stack = useRef("");
  return (
    <ErrorBoundary
      resetKeys={[of]}
      onError={(_, { componentStack }) => {
        stack.current = componentStack ?? "";
      }}
      onReset={() => client.removeQueries({ type: "inactive" })}
      fallbackRender={(failed) => <Failed {...failed} what={what} componentStack={stack.current} />}
    >
      {children}
    </ErrorBoundary>
  );
}

function Failed({
  what,
  error,
  componentStack,
  resetErrorBoundary,
}: FallbackProps & { what: string; componentStack: string }) {
  const details = detailsOf(error, componentStack);
  return (
    <div className={classes.failed} role="alert" data-testid="failed">
      <IconAlertTriangle size={36} stroke={1.4} className={classes.icon} aria-hidden />
      <Stack gap={6} className={classes.words}>
        <Title order={2}>{what} cannot be shown</Title>
        <Text size="sm">
          Balance Desk itself made a mistake while drawing it. Nothing that is stored has changed,
          and what runs goes on. If it happens again, send the details to whoever looks after
          Balance Desk: they say where it happened, not what your accounts hold.
        </Text>
        <Group gap="sm" mt={6}>
          <Button onClick={resetErrorBoundary} data-testid="failed-again">
            Try again
          </Button>
          <CopyButton text={details} label="Copy details" testId="failed-copy" />
        </Group>
        <Disclosure label="Details" testId="failed-details">
          <pre className={classes.details}>{details}</pre>
        </Disclosure>
      </Stack>
    </div>
  );
}

/** Only some engines include the message in the stack. */
function detailsOf(error: unknown, componentStack: string): string {
  if (!(error instanceof Error)) return `${String(error)}\n${componentStack}`;
  const { stack = "" } = error;
  const head = `${error.name}: ${error.message}`;
  return [stack.includes(error.message) ? "" : head, stack, componentStack.trim()]
    .filter(Boolean)
    .join("\n");
}
