import { Text } from "@mantine/core";

/** The unit at the end of a text field. */
export function Unit({ children }: { children: string }) {
  return (
    <Text size="xs" c="dimmed">
      {children}
    </Text>
  );
}
