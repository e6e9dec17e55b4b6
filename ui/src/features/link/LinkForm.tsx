import { Alert, Group, SegmentedControl, Stack, Text } from "@mantine/core";
import type { ComponentType, ReactNode } from "react";
import type { InvitationRequest, LinkRequest, LinkSessionView } from "../../api/link";
import type { Problem } from "../../api/problem";
import { usePeople } from "../../data/items";
import {
  invitationRequest,
  type LinkDraft,
  type LinkDraftForm,
  linkRequest,
} from "../../data/linkDraft";
import { useSettings } from "../../data/settings";
import { ActButton } from "../../kit/components/ActButton";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { problemBeside } from "../../kit/components/problem";
import type { Act } from "../../kit/hooks/useAct";
import { BankFields } from "./BankFields";

interface Props {
  form: LinkDraftForm;
  start: Act<LinkRequest, LinkSessionView>;
  invite: Act<InvitationRequest, LinkSessionView>;
  /** Why the Link window can't open now; invitations are always possible. */
  busy: string | null;
  InvitationFields: ComponentType<InvitationFieldsProps>;
}

export interface InvitationFieldsProps {
  form: LinkDraftForm;
  problem: Problem | null;
  /** The purpose and customer fields. */
  bankFields: ReactNode;
}

const fields = ["products", "personName", "itemId", "note", "lifetimeHours", "language"];

/** Asks for the purpose and the customer; opens the Link window or creates an invitation. */
export function LinkForm({ form, start, invite, busy, InvitationFields }: Props) {
  const people = usePeople();
  const settings = useSettings();
  const sending = form.values.way === "invitation";
  const { problem } = sending ? invite : start;
  const beside = problemBeside(problem, fields);
  const submit = form.onSubmit(async (draft) => {
    // Reload first: a customer linked a moment ago may be missing from the list and would be added twice.
    const { data: known = [] } = await people.refetch();
    if (draft.way === "window") return start.run(linkRequest(draft, known));
    const language = settings.data?.settings.language ?? "en";
    return invite.run(invitationRequest(draft, known, language));
  });
  const bankFields = <BankFields form={form} problem={problem} />;
  const reading = people.error ?? (sending ? settings.error : null);
  return (
    <form onSubmit={submit} noValidate aria-label="Link a bank">
      <Stack gap="md">
        <WayControl form={form} />
        {sending ? (
          <InvitationFields form={form} problem={problem} bankFields={bankFields} />
        ) : (
          bankFields
        )}
        {beside?.kind === "worksAgain" ? (
          <Alert color="green" title="It works again already">
            {beside.message}
          </Alert>
        ) : beside ? (
          <ProblemNotice problem={beside} onRetry={() => submit()} />
        ) : null}
        {reading ? (
          <ProblemNotice
            problem={reading}
            onRetry={() => {
              void people.refetch();
              void settings.refetch();
            }}
          />
        ) : null}
        {sending ? (
          <Submit
            act={invite}
            label="Make the link"
            running="Making the link…"
            words="Nothing is sent by itself: you get a link to pass on."
            testId="invite-create"
          />
        ) : (
          <Submit
            act={start}
            label="Open Link"
            running="Opening…"
            words={busy ?? "Opens in a window of its own."}
            disabled={busy !== null}
            testId="link-start"
          />
        )}
      </Stack>
    </form>
  );
}

function WayControl({ form }: { form: LinkDraftForm }) {
  return (
    <SegmentedControl
      value={form.values.way}
      onChange={(way) => form.setFieldValue("way", way as LinkDraft["way"])}
      aria-label="Who links?"
      fullWidth
      data={[
        { value: "window", label: <span data-testid="link-way-window">On this computer</span> },
        {
          value: "invitation",
          label: <span data-testid="link-way-invitation">Send to a customer</span>,
        },
      ]}
    />
  );
}

interface SubmitProps {
  act: { running: boolean };
  label: string;
  running: string;
  words: string;
  disabled?: boolean;
  testId: string;
}

function Submit({ act, label, running, words, disabled = false, testId }: SubmitProps) {
  return (
    <Group gap="sm" wrap="nowrap">
      <ActButton
        type="submit"
        running={act.running}
        runningLabel={running}
        disabled={disabled}
        style={{ flex: "none" }}
        data-testid={testId}
      >
        {label}
      </ActButton>
      <Text size="sm" c="dimmed" role="status">
        {act.running ? "Asking Plaid for a link token…" : words}
      </Text>
    </Group>
  );
}
