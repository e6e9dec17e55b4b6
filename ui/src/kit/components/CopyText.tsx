import { ActionIcon, Button, type ButtonProps, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { copyText } from "./clipboard";

interface Props {
  text: string;
  /** Name of the text, for example "request_id". */
  what: string;
  testId?: string;
  shown?: boolean;
}

function useCopy(text: string) {
  const [state, setState] = useState<"idle" | "copied" | "failed">("idle");
  useEffect(() => {
    if (state === "idle") return;
    const timer = setTimeout(() => setState("idle"), 2500);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = async () => setState((await copyText(text)) ? "copied" : "failed");
  return { state, copy };
}

interface CopyButtonProps extends ButtonProps {
  text: string;
  label: string;
  testId: string;
}

export function CopyButton({ text, label, testId, ...button }: CopyButtonProps) {
  const { state, copy } = useCopy(text);
  const words = { idle: label, copied: "Copied", failed: "Could not copy" }[state];
  return (
    <Button
      variant="default"
      leftSection={
        state === "copied" ? (
          <IconCheck size={16} aria-hidden />
        ) : (
          <IconCopy size={16} aria-hidden />
        )
      }
      {...button}
      onClick={copy}
      data-testid={testId}
    >
      <span role="status">{words}</span>
    </Button>
  );
}

export function CopyText({ text, what, testId, shown = true }: Props) {
  const { state, copy } = useCopy(text);
  const words = {
    idle: `Copy ${what}`,
    copied: "Copied",
    failed: "Could not copy: select the text instead",
  }[state];
  return (
    <span style={{ display: "inline-flex", alignItems: "center", gap: 4, minWidth: 0 }}>
      {shown ? (
        <span className="code" data-testid={testId}>
          {text}
        </span>
      ) : null}
      <Tooltip label={words} opened={state === "idle" ? undefined : true}>
        <ActionIcon size="sm" variant="subtle" color="gray" aria-label={words} onClick={copy}>
          {state === "copied" ? <IconCheck size={14} /> : <IconCopy size={14} />}
        </ActionIcon>
      </Tooltip>
      <span className="visuallyHidden" role="status">
        {state === "idle" ? "" : words}
      </span>
    </span>
  );
}
