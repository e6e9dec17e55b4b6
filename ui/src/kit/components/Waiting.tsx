import { Group, Loader, Text } from "@mantine/core";

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
