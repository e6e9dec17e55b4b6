import { Group, Kbd, Modal, Stack, Text } from "@mantine/core";
import { shortcutWords } from "./useShortcuts";

export function ShortcutsModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard shortcuts" size="sm">
      <Stack gap="xs">
        {shortcutWords.map(({ keys, words }) => (
          <Group key={words} justify="space-between">
            <Text size="sm">{words}</Text>
            <Group gap={4}>
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </Group>
          </Group>
        ))}
      </Stack>
    </Modal>
  );
}
