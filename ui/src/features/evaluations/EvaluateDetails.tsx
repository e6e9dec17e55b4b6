import { Autocomplete, Select, SimpleGrid, Stack, Text, Textarea, TextInput } from "@mantine/core";
import type { EvaluateFacts } from "../../api/signal";
import { Disclosure } from "../../kit/components/Disclosure";
import { PageLink } from "../../kit/components/PageLink";
import { problemAt } from "../../kit/components/problem";
import { deviceFields, moreFields, useEvaluate, userFields } from "./evaluate";

const methods = [
  { value: "STANDARD_ACH", label: "Standard ACH" },
  { value: "SAME_DAY_ACH", label: "Same day ACH" },
  { value: "MULTIPLE_PAYMENT_METHODS", label: "Several, or not fixed" },
];

const recurrences = [
  { value: "yes", label: "Yes, one of a series" },
  { value: "no", label: "No, once" },
];

/** Added to the title of a closed section that has values. */
const FILLED = " (filled in)";

const hasField = (list: readonly string[], field: string | undefined) =>
  field !== undefined && list.includes(field);

/** Optional fields of an evaluation; only what the user enters is sent. */
export function EvaluateDetails({ facts }: { facts: EvaluateFacts | undefined }) {
  const { draft, problem } = useEvaluate();
  const at = problem?.field;
  const more =
    moreFields.some((field) => draft[field]) || draft.isRecurring || draft.defaultPaymentMethod;
  const person = [...userFields, ...deviceFields].some((field) => draft[field]);
  return (
    <Stack gap={4}>
      <Disclosure
        label={`Ruleset, payment and ids${more ? FILLED : ""}`}
        testId="evaluate-more"
        open={hasField(moreFields, at)}
      >
        <MoreFields facts={facts} />
      </Disclosure>
      <Disclosure
        label={`Who pays, and with what device${person ? FILLED : ""}`}
        testId="evaluate-person"
        open={hasField(userFields, at) || hasField(deviceFields, at)}
      >
        <PersonFields />
      </Disclosure>
    </Stack>
  );
}

/** Props for a text field, found by the name that problems use. */
function useTextField() {
  const { draft, setDraft, evaluating, problem } = useEvaluate();
  return (field: (typeof userFields)[number] | (typeof deviceFields)[number]) => ({
    value: draft[field],
    onChange: (event: { currentTarget: { value: string } }) =>
      setDraft({ [field]: event.currentTarget.value }),
    error: problemAt(problem, field),
    readOnly: evaluating,
    autoComplete: "off",
    "data-testid": `evaluate-${field}`,
  });
}

function MoreFields({ facts }: { facts: EvaluateFacts | undefined }) {
  const { draft, setDraft, evaluating, problem } = useEvaluate();
  return (
    <Stack gap="sm" pb="xs">
      <div>
        <Autocomplete
          label="Ruleset key"
          description="Empty: the ruleset named default"
          data={facts?.rulesetKeys ?? []}
          value={draft.rulesetKey}
          onChange={(rulesetKey) => setDraft({ rulesetKey })}
          autoComplete="off"
          spellCheck={false}
          error={problemAt(problem, "rulesetKey")}
          readOnly={evaluating}
          data-testid="evaluate-ruleset"
        />
        <PageLink url="https://dashboard.plaid.com/signal/risk-profiles">
          Rulesets are made under Signal, Rules in the Plaid Dashboard
        </PageLink>
      </div>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <Select
          label="Recurring"
          description="A Balance-only ruleset ignores it"
          placeholder="Not said"
          data={recurrences}
          value={draft.isRecurring}
          onChange={(value) => setDraft({ isRecurring: value as "yes" | "no" | null })}
          clearable
          clearButtonProps={{ "aria-label": "Do not say whether it recurs" }}
          readOnly={evaluating}
          data-testid="evaluate-recurring"
        />
        <Select
          label="Payment method"
          description="A Balance-only ruleset ignores it"
          placeholder="Not said"
          data={methods}
          value={draft.defaultPaymentMethod}
          onChange={(defaultPaymentMethod) => setDraft({ defaultPaymentMethod })}
          clearable
          clearButtonProps={{ "aria-label": "Do not say the payment method" }}
          error={problemAt(problem, "defaultPaymentMethod")}
          readOnly={evaluating}
          data-testid="evaluate-method"
        />
      </SimpleGrid>
      <TextInput
        label="client_user_id"
        description={
          facts
            ? `What Plaid knows ${facts.personName} by, and will from now on. No names, no email addresses`
            : "What Plaid knows the person by. No names, no email addresses"
        }
        placeholder={facts?.clientUserId}
        value={draft.clientUserId}
        onChange={(event) => setDraft({ clientUserId: event.currentTarget.value })}
        autoComplete="off"
        spellCheck={false}
        error={problemAt(problem, "clientUserId")}
        readOnly={evaluating}
        data-testid="evaluate-client-user-id"
      />
      <TextInput
        label="client_transaction_id"
        description="Your name for this debit, up to 36 characters. Empty: one is made"
        value={draft.clientTransactionId}
        onChange={(event) => setDraft({ clientTransactionId: event.currentTarget.value })}
        autoComplete="off"
        spellCheck={false}
        error={problemAt(problem, "clientTransactionId")}
        readOnly={evaluating}
        data-testid="evaluate-ctid"
      />
    </Stack>
  );
}

function PersonFields() {
  const text = useTextField();
  return (
    <Stack gap="sm" pb="xs">
      <Text size="xs" c="dimmed">
        Sent to Plaid as far as you enter it, and kept with this evaluation. It sharpens Signal
        Transaction Scores. A Balance-only ruleset ignores it, or refuses it where the Signal
        addendum is not signed: then leave it empty.
      </Text>
      <SimpleGrid cols={2} spacing="sm">
        <TextInput label="Given name" {...text("givenName")} />
        <TextInput label="Family name" {...text("familyName")} />
      </SimpleGrid>
      <SimpleGrid cols={3} spacing="sm">
        <TextInput label="Prefix" placeholder="Ms." {...text("prefix")} />
        <TextInput label="Middle name" {...text("middleName")} />
        <TextInput label="Suffix" placeholder="II" {...text("suffix")} />
      </SimpleGrid>
      <TextInput
        label="Phone number"
        description="With a plus and the country code"
        placeholder="+1 415 123 4567"
        inputMode="tel"
        {...text("phoneNumber")}
      />
      <TextInput
        label="Email address"
        placeholder="name@example.com"
        inputMode="email"
        {...text("emailAddress")}
      />
      <TextInput label="Street address" placeholder="564 Main Street, Apt 15" {...text("street")} />
      <SimpleGrid cols={2} spacing="sm">
        <TextInput label="City" {...text("city")} />
        <TextInput label="State or region" placeholder="NC" {...text("region")} />
        <TextInput label="Postal code" {...text("postalCode")} />
        <TextInput label="Country" placeholder="US" maxLength={2} {...text("country")} />
      </SimpleGrid>
      <TextInput
        label="IP address"
        description="Of the device the debit was ordered with, not of this computer"
        placeholder="192.0.2.7"
        {...text("ipAddress")}
      />
      <Textarea
        label="User agent"
        description="What the browser of that device says it is"
        placeholder="Mozilla/5.0 …"
        autosize
        minRows={1}
        maxRows={4}
        {...text("userAgent")}
      />
    </Stack>
  );
}
