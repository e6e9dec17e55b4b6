import { Text, Title } from "@mantine/core";
import { type ReactNode, useId } from "react";

interface Props {
  title: string;
  hint?: ReactNode;
  children: ReactNode;
}

export function Section({ title, hint, children }: Props) {
  const id = useId();
  return (
    <section className="panel" aria-labelledby={id} style={{ padding: "16px 18px" }}>
      <Title order={2} id={id}>
        {title}
      </Title>
      {hint ? (
        <Text size="sm" c="dimmed" mt={2} maw="72ch">
          {hint}
        </Text>
      ) : null}
      <div style={{ marginTop: 12 }}>{children}</div>
    </section>
  );
}
