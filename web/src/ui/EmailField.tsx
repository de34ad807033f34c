import { TextInput, type TextInputProps } from "@mantine/core";

/**
 * An email address, which stays as it is typed. Of a field of type `email` browsers change the domain: Chromium makes
 * strasse.example of straße.example, which may belong to somebody else.
 */
export function EmailField(props: Omit<TextInputProps, "type">) {
  return (
    <TextInput type="text" inputMode="email" autoCapitalize="none" autoCorrect="off" spellCheck={false} {...props} />
  );
}
