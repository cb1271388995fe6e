import { Eye, EyeOff } from 'lucide-react';
import { useState } from 'react';
import { Input, Label, Text, TextField } from 'react-aria-components';
import { IconButton } from '../ui/button.js';
import { maxPasswordLength } from '../words/passwords.js';

export interface PasswordFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** What password managers are told. */
  readonly kind: 'current-password' | 'new-password';
  readonly hint?: string;
  readonly autoFocus?: boolean;
}

/** Hidden unless its person wants to see it. */
export function PasswordField({ label, value, onChange, kind, hint, autoFocus = false }: PasswordFieldProps) {
  const [isShown, setIsShown] = useState(false);
  return (
    <TextField
      className="field"
      type={isShown ? 'text' : 'password'}
      value={value}
      onChange={onChange}
      maxLength={maxPasswordLength}
      autoComplete={kind}
      autoFocus={autoFocus}
      isRequired
      validationBehavior="aria"
    >
      <Label>{label}</Label>
      <div className="password-input">
        <Input className="text-input" spellCheck={false} autoCapitalize="none" />
        <IconButton
          icon={isShown ? EyeOff : Eye}
          label={isShown ? 'Hide the password' : 'Show the password'}
          onPress={() => setIsShown(!isShown)}
        />
      </div>
      {hint !== undefined && (
        <Text slot="description" className="field-hint">
          {hint}
        </Text>
      )}
    </TextField>
  );
}
