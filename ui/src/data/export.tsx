import { Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { commands } from "../api/commands";
import type { ExportDone, ExportFormat, ExportWhat } from "../api/export";
import { asProblem } from "../api/ipc";
import type { Problem } from "../api/problem";
import { ProblemNotice } from "../kit/components/ProblemNotice";
import { count } from "../kit/format";
import { useAct } from "../kit/hooks/useAct";

interface Export {
  what: ExportWhat;
  format: ExportFormat;
}

function say(done: ExportDone): void {
  notifications.show({
    title: `Exported ${count(done.rows, "row")}`,
    message: (
      <Text
        size="xs"
        c="dimmed"
        className="breakable"
        data-testid="export-done"
        style={{ userSelect: "text" }}
      >
        {done.path}
      </Text>
    ),
    autoClose: 10_000,
    closeButtonProps: { "aria-label": "Close" },
  });
}

function sayProblem(problem: Problem): void {
  notifications.show({
    title: "Nothing was exported",
    message: (
      <div data-testid="export-problem">
        <ProblemNotice problem={problem} />
      </div>
    ),
    color: "red",
    autoClose: false,
    closeButtonProps: { "aria-label": "Close" },
  });
}

/**
 * Exports to a file that the user picks. The result is shown as a notification, because the menu may be closed by
 * then.
 */
export function useExport() {
  const act = useAct(async ({ what, format }: Export) => {
    try {
      const done = await commands.exportPick(what, format);
      if (done) say(done);
    } catch (reason) {
      sayProblem(asProblem(reason));
    }
  });
  return {
    run: (what: ExportWhat, format: ExportFormat) => act.run({ what, format }),
    running: act.running,
  };
}
