import { useState } from 'react';
import { minPasswordLength } from '../words/passwords.js';
import { PasswordField } from './password-field.js';

export interface NewPasswordProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Told whether both fields hold the same. */
  readonly onRepeated: (isRepeated: boolean) => void;
  readonly autoFocus?: boolean;
}

/** Typed twice, since nobody can tell it later. */
export function NewPassword({ label, value, onChange, onRepeated, autoFocus = false }: NewPasswordProps) {
  const [again, setAgain] = useState('');
  const differs = again !== '' && again !== value;
  return (
    <>
      <PasswordField
        label={label}
        kind="new-password"
        value={value}
        onChange={(next) => {
          onChange(next);
          onRepeated(next === again);
        }}
        hint={`${minPasswordLength} characters or more; several words are good ones.`}
        autoFocus={autoFocus}
      />
      <PasswordField
        label={`${label} again`}
        kind="new-password"
        value={again}
        onChange={(next) => {
          setAgain(next);
          onRepeated(next === value);
        }}
        {...(differs && { hint: 'This is not the same as above.' })}
      />
    </>
  );
}
