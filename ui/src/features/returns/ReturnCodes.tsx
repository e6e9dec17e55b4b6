import { Modal, ScrollArea, Stack, Text, TextInput, UnstyledButton } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import type { ReturnReason } from "../../api/returnCodes";
import { useReturnCodes } from "../../data/returns";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import classes from "./ReturnCodes.module.css";
import { initiatorWords } from "./words";

/** A code that opens its meaning and next step. */
export function ReturnCode({ code, title }: { code: string; title?: boolean }) {
  const [opened, setOpened] = useState(false);
  const codes = useReturnCodes();
  const known = codes.data?.find((one) => one.code === code);
  return (
    <>
      <UnstyledButton
        className={classes.code}
        onClick={() => setOpened(true)}
        aria-haspopup="dialog"
        data-testid="return-code-open"
      >
        <strong>{code}</strong>
        {title && known ? ` ${known.title}` : ""}
        <span className="visuallyHidden">: meaning and next step</span>
      </UnstyledButton>
      <ReturnCodesModal opened={opened} onClose={() => setOpened(false)} start={code} />
    </>
  );
}

interface ModalProps {
  opened: boolean;
  onClose: () => void;
  /** The initial search. */
  start?: string;
}

/** The searchable list of Nacha return codes. */
export function ReturnCodesModal({ opened, onClose, start = "" }: ModalProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Return codes" size="xl">
      {opened ? <ReturnCodeList start={start} /> : null}
    </Modal>
  );
}

function ReturnCodeList({ start }: { start: string }) {
  const codes = useReturnCodes();
  const [search, setSearch] = useState(start);
  const shown = useMemo(() => matchingCodes(codes.data ?? [], search), [codes.data, search]);
  return (
    <Stack gap="sm">
      <TextInput
        aria-label="Search in return codes"
        placeholder="Code or words: R01, unauthorized, closed, 60 days"
        leftSection={<IconSearch size={15} aria-hidden />}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
        data-autofocus
        data-testid="codes-search"
      />
      {codes.error ? (
        <ProblemNotice problem={codes.error} onRetry={() => void codes.refetch()} />
      ) : null}
      <Text size="xs" c="dimmed" role="status">
        {shown.length === codes.data?.length
          ? `All ${shown.length} codes`
          : `${shown.length} of ${codes.data?.length ?? 0} codes`}
      </Text>
      <ScrollArea.Autosize mah="60vh" viewportProps={{ tabIndex: 0, "aria-label": "Codes" }}>
        <dl className={classes.list}>
          {shown.map((code) => (
            <ReturnCodeEntry key={code.code} code={code} />
          ))}
        </dl>
      </ScrollArea.Autosize>
    </Stack>
  );
}

function ReturnCodeEntry({ code }: { code: ReturnReason }) {
  return (
    <div className={classes.entry} data-testid="code-entry">
      <dt>
        <strong>{code.code}</strong> {code.title}
      </dt>
      <dd>
        <Text size="sm">{code.meaning}</Text>
        <Text size="sm" c="dimmed">
          {code.initiatedBy === "other"
            ? ""
            : `${initiatorWords[code.initiatedBy].split(",")[0]}. `}
          Comes within: {code.windowWords}.
        </Text>
        <Text size="sm" mt={4}>
          <strong>Next:</strong> {code.nextWords}
        </Text>
      </dd>
    </div>
  );
}

function matchingCodes(codes: ReturnReason[], search: string): ReturnReason[] {
  const words = search.trim().toLowerCase().split(/\s+/).filter(Boolean);
  return codes.filter((code) => {
    const text = [code.code, code.title, code.meaning, code.windowWords, code.nextWords]
      .join(" ")
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
