import { Checkbox, Radio, Select, SimpleGrid, Text, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import type { ItemView } from "../../api/items";
import type { Problem } from "../../api/problem";
import { useItems } from "../../data/items";
import type { LinkDraft, LinkDraftForm } from "../../data/linkDraft";
import { useSettings } from "../../data/settings";
import { problemAt } from "../../kit/components/problem";
import { LifetimeField } from "./LifetimeField";

interface Props {
  form: LinkDraftForm;
  problem: Problem | null;
}

/** Purpose, lifetime, and language of an invitation. */
export function InvitationFields({ form, problem, bankFields }: Props & { bankFields: ReactNode }) {
  const items = useItems();
  const repairable = items.data?.items.filter(({ health }) => health.state !== "removing") ?? [];
  const { aim } = form.values;
  return (
    <>
      {repairable.length > 0 ? (
        <Radio.Group
          value={aim}
          onChange={(chosen) => form.setFieldValue("aim", chosen as LinkDraft["aim"])}
          label="What is the customer to do?"
        >
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs" mt={6}>
            <Radio value="newBank" label="Link a bank" data-testid="invite-aim-newBank" />
            <Radio
              value="repair"
              label="Sign in again to a linked bank"
              data-testid="invite-aim-repair"
            />
          </SimpleGrid>
        </Radio.Group>
      ) : null}
      {aim === "repair" && repairable.length > 0 ? (
        <RepairFields form={form} problem={problem} items={repairable} />
      ) : (
        bankFields
      )}
      <TextInput
        {...form.getInputProps("note")}
        label="What for, in your words"
        description="Goes into the e-mail draft. Plaid does not get it."
        placeholder="For example: order 2041"
        error={form.errors.note ?? problemAt(problem, "note")}
        autoComplete="off"
        data-testid="invite-note"
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <LifetimeField
          value={form.values}
          onChange={(changed) => form.setValues(changed)}
          error={form.errors.lifetime ?? problemAt(problem, "lifetimeHours")}
        />
        <LanguageField form={form} problem={problem} />
      </SimpleGrid>
    </>
  );
}

function RepairFields({ form, problem, items }: Props & { items: ItemView[] }) {
  return (
    <>
      <Select
        {...form.getInputProps("itemId")}
        label="Which bank"
        placeholder="Choose a linked bank"
        data={items.map(({ itemId, institutionName, person }) => ({
          value: itemId,
          label: `${institutionName}, ${person.name}`,
        }))}
        allowDeselect={false}
        searchable
        error={form.errors.itemId ?? problemAt(problem, "itemId")}
        required
        data-testid="invite-repair-item"
      />
      <div>
        <Checkbox
          {...form.getInputProps("chooseAccounts", { type: "checkbox" })}
          label="They may also choose which accounts are shared"
          data-testid="invite-choose-accounts"
        />
        <Text size="xs" c="dimmed" mt={4}>
          Nothing is linked a second time: names and history of the accounts stay.
        </Text>
      </div>
    </>
  );
}

function LanguageField({ form, problem }: Props) {
  const settings = useSettings();
  const languages = settings.data?.languages ?? [];
  return (
    <Select
      {...form.getInputProps("language")}
      value={form.values.language ?? settings.data?.settings.language ?? null}
      label="Language of Link"
      data={languages.map(({ code, name }) => ({ value: code, label: name }))}
      allowDeselect={false}
      error={form.errors.language ?? problemAt(problem, "language")}
      required
      data-testid="invite-language"
    />
  );
}
