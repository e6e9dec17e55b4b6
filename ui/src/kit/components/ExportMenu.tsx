import { Button, type ButtonProps, Menu } from "@mantine/core";
import { IconChevronDown, IconDownload } from "@tabler/icons-react";
import { Fragment, type ReactNode } from "react";

export interface ExportSection {
  label: string;
  choices: Array<{ words: ReactNode; onTake: () => void; testId: string; disabled?: boolean }>;
}

interface Props extends ButtonProps {
  sections: ExportSection[];
  testId: string;
}

/** A button that offers files to save. */
export function ExportMenu({ sections, testId, ...button }: Props) {
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          rightSection={<IconChevronDown size={14} aria-hidden />}
          {...button}
          data-testid={testId}
        >
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {sections.map(({ label, choices }, index) => (
          <Fragment key={label}>
            {index > 0 ? <Menu.Divider /> : null}
            <Menu.Label>{label}</Menu.Label>
            {choices.map((choice) => (
              <Menu.Item
                key={choice.testId}
                disabled={choice.disabled}
                onClick={choice.onTake}
                data-testid={choice.testId}
              >
                {choice.words}
              </Menu.Item>
            ))}
          </Fragment>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
