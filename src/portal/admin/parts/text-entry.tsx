import { FieldError, Input, Label, Text, TextField } from 'react-aria-components';

export interface TextEntryProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: string;
  readonly placeholder?: string;
  /** What is wrong with it; undefined: nothing. */
  readonly problem?: string | undefined;
  readonly maxLength?: number;
}

/** A line of text, with what is wrong with it where it was typed. */
export function TextEntry({ label, value, onChange, hint, problem, placeholder, maxLength }: TextEntryProps) {
  return (
    <TextField
      className="field"
      value={value}
      onChange={onChange}
      isInvalid={problem !== undefined}
      validationBehavior="aria"
      autoComplete="off"
      {...(maxLength !== undefined && { maxLength })}
    >
      <Label>{label}</Label>
      <Input className="text-input" spellCheck="false" {...(placeholder !== undefined && { placeholder })} />
      {hint !== undefined && (
        <Text slot="description" className="admin-hint">
          {hint}
        </Text>
      )}
      <FieldError className="field-error">{problem}</FieldError>
    </TextField>
  );
}
