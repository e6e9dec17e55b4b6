import { PasswordInput, type PasswordInputProps } from "@mantine/core";

interface Props extends PasswordInputProps {
  /** Name of the secret, for screen readers. */
  what: string;
}

/** A password field without autocomplete. */
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
