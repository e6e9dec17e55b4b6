import { Button, Group, Radio, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import type { DeliveriesView, ReportFileView, ReportKind } from "../../api/decisions";
import { useFiled } from "../../data/decisions";
import { useExport } from "../../data/export";
import { Age } from "../../kit/components/Age";
import { ConfirmModal } from "../../kit/components/ConfirmModal";
import { Section } from "../../kit/components/Section";
import { count, formatTime } from "../../kit/format";
import classes from "./Decisions.module.css";

/** Exports reports as files: Plaid's Dashboard imports two kinds. */
export function ReportFiles({ view }: { view: DeliveriesView }) {
  return (
    <Section
      title="By file"
      hint="Plaid's Dashboard imports decisions and returns as CSV, under Signal. A file says less than a report: outcome and payment method are not in it."
    >
      <Stack gap="md">
        <ExportForm />
        {view.files.length > 0 ? (
          <ul className={`plainList ${classes.rows}`} aria-label="Files written">
            {view.files.map((file) => (
              <FileRow key={file.fileId} file={file} />
            ))}
          </ul>
        ) : null}
      </Stack>
    </Section>
  );
}

const today = () => {
  const now = new Date();
  const two = (number: number) => String(number).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
};

function ExportForm() {
  const [reports, setReports] = useState<ReportKind>("decisions");
  const [which, setWhich] = useState<"undelivered" | "recorded">("undelivered");
  const [from, setFrom] = useState(today);
  const [to, setTo] = useState(today);
  const file = useExport();
  const wrong = which === "recorded" && (!from || !to || to < from);
  return (
    <form
      noValidate
      aria-label="Write a file for Plaid's Dashboard"
      onSubmit={(event) => {
        event.preventDefault();
        if (wrong) return;
        const scope =
          which === "undelivered"
            ? ({ which: "undelivered" } as const)
            : ({ which: "recorded", from, to } as const);
        file.run({ kind: "reports", reports, scope }, "csv");
      }}
    >
      <Stack gap="sm" align="flex-start">
        <SegmentedControl
          aria-label="Which file"
          value={reports}
          onChange={(chosen) => setReports(chosen as ReportKind)}
          data={[
            { value: "decisions", label: "Decisions" },
            { value: "returns", label: "Returns" },
          ]}
          data-testid="file-kind"
        />
        <Radio.Group
          aria-label="Which reports"
          value={which}
          onChange={(chosen) => setWhich(chosen as "undelivered" | "recorded")}
        >
          <Stack gap={6}>
            <Radio
              value="undelivered"
              label="All that Plaid does not have"
              data-testid="file-undelivered"
            />
            <Radio
              value="recorded"
              label="What was recorded on some days, also what Plaid has"
              data-testid="file-recorded"
            />
          </Stack>
        </Radio.Group>
        {which === "recorded" ? (
          <Group gap="sm" align="flex-start">
            <TextInput
              type="date"
              label="First day"
              value={from}
              onChange={(event) => setFrom(event.currentTarget.value)}
              error={from ? null : "Enter the first day."}
              data-testid="file-from"
            />
            <TextInput
              type="date"
              label="Last day"
              value={to}
              onChange={(event) => setTo(event.currentTarget.value)}
              error={
                to
                  ? from && to < from
                    ? "It is before the first day."
                    : null
                  : "Enter the last day."
              }
              data-testid="file-to"
            />
          </Group>
        ) : null}
        <Button type="submit" variant="default" loading={file.running} data-testid="file-write">
          Write the file…
        </Button>
      </Stack>
    </form>
  );
}

function FileRow({ file }: { file: ReportFileView }) {
  const [asking, setAsking] = useState(false);
  const filed = useFiled(() => setAsking(false));
  const what = file.kind === "decisions" ? "decision" : "return";
  return (
    <li data-testid="file-row">
      <Group gap="sm" py={8} wrap="nowrap" justify="space-between">
        <div className={classes.cell}>
          <div className={classes.first}>{file.name}</div>
          <div className={classes.second}>
            {count(file.rows, what)}, written {formatTime(file.writtenAt)}
            {file.filedAt ? (
              <>
                ; imported, as you said <Age at={file.filedAt} />
              </>
            ) : null}
          </div>
        </div>
        {file.openRows > 0 ? (
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => setAsking(true)}
            data-testid="file-filed"
          >
            Plaid has imported it…
          </Button>
        ) : null}
      </Group>
      <ConfirmModal
        opened={asking}
        title="Has Plaid imported this file?"
        confirmLabel="Yes, mark them as delivered"
        act={filed}
        onConfirm={() => filed.run(file.fileId)}
        onClose={() => setAsking(false)}
      >
        <Text size="sm">
          {count(file.openRows, what)} of {file.name} {file.openRows === 1 ? "is" : "are"} not at
          Plaid as far as this desk knows, and will not be sent any more. What was recorded after
          the file was written is not in it and is sent as before.
        </Text>
      </ConfirmModal>
    </li>
  );
}
