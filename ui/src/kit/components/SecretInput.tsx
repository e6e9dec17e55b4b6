import { PasswordInput, type PasswordInputProps } from "@mantine/core";

interface Props extends PasswordInputProps {
  /** What can be shown and hidden: "the secret". */
  what: string;
}

/** A field for what nobody should read over a shoulder; nothing remembers what was typed. */
export function SecretInput({ what, ...input }: Props) {
  return (
    <PasswordInput
      {...input}
      aria-invalid={input.error ? true : undefined}
      autoComplete="off"
      spellCheck={false}
      visibilityToggleButtonProps={{ "aria-label": `Show or hide ${what}` }}
    />
  );
}
