import { Button, Group, Stepper } from "@mantine/core";
import { commands } from "../../api/commands";
import { Screen } from "../../kit/components/Screen";
import { useNavigation } from "../../kit/navigation/route";
import { CheckStep } from "./CheckStep";
import { ColumnsStep } from "./ColumnsStep";
import { type ImportStep, useImport } from "./importState";
import { SettingsStep } from "./SettingsStep";
import { SourceStep } from "./SourceStep";

export function NewBatch() {
  const { state, change, clear } = useImport();
  const { go } = useNavigation();
  const { step, draft } = state;
  const leave = () => {
    clear();
    // Ignore failures: a draft that stays behind does no harm.
    commands.batchDiscard().catch(() => {});
    go({ screen: "batches" });
  };
  return (
    <Screen
      title="New batch"
      actions={
        <Group gap="xs">
          {draft ? (
            <Button variant="default" onClick={leave} data-testid="batch-give-up">
              Give it up
            </Button>
          ) : null}
          <Button
            variant="default"
            onClick={() => go({ screen: "batches" })}
            data-testid="batches-back"
          >
            All batches
          </Button>
        </Group>
      }
    >
      <Stepper
        active={step}
        size="sm"
        mb="md"
        allowNextStepsSelect={false}
        onStepClick={(chosen) => {
          if (chosen < step) change({ step: chosen as ImportStep });
        }}
      >
        <Stepper.Step label="File or text" />
        <Stepper.Step label="Columns" />
        <Stepper.Step label="Check" />
        <Stepper.Step label="Name and cost" />
      </Stepper>
      {step === 0 || !draft ? <SourceStep /> : null}
      {step === 1 && draft ? <ColumnsStep draft={draft} /> : null}
      {step === 2 && draft ? <CheckStep /> : null}
      {step === 3 && draft ? <SettingsStep /> : null}
    </Screen>
  );
}
