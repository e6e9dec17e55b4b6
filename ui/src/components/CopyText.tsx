import { ActionIcon, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { copyText } from "./clipboard";

interface Props {
  text: string;
  /** What is copied: "request_id". */
  what: string;
  /** Put on the element that holds the text. */
  testId?: string;
  /** Show the text itself beside the button. */
  shown?: boolean;
}

/** A text to quote elsewhere, with a button that copies it. */
export function CopyText({ text, what, testId, shown = true }: Props) {
  const [state, setState] = useState<"idle" | "copied" | "failed">("idle");
  useEffect(() => {
    if (state === "idle") return;
    const timer = setTimeout(() => setState("idle"), 2500);
    return () => clearTimeout(timer);
  }, [state]);
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
        <ActionIcon
          size="sm"
          variant="subtle"
          color="gray"
          aria-label={words}
          onClick={async () => setState((await copyText(text)) ? "copied" : "failed")}
        >
          {state === "copied" ? <IconCheck size={14} /> : <IconCopy size={14} />}
        </ActionIcon>
      </Tooltip>
      <span className="visuallyHidden" role="status">
        {state === "idle" ? "" : words}
      </span>
    </span>
  );
}
