import { Group, Loader, Text } from "@mantine/core";

/** A spinner never stands without the words that say what is being waited for. */
export function Waiting({ children }: { children: string }) {
  return (
    <Group gap="xs" role="status" py="xs">
      <Loader size="xs" aria-hidden />
      <Text size="sm" c="dimmed">
        {children}
      </Text>
    </Group>
  );
}
