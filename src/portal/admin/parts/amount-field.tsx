import { FieldError, Input, Label, Text, TextField } from 'react-aria-components';
import { Select } from '../../ui/select.js';
import type { Amount, Unit } from '../words/amounts.js';

export interface AmountFieldProps {
  readonly label: string;
  readonly value: Amount;
  readonly onChange: (value: Amount) => void;
  readonly units: readonly Unit[];
  readonly hint?: string | undefined;
  readonly problem?: string | undefined;
}

/** A number with its unit. */
export function AmountField({ label, value, onChange, units, hint, problem }: AmountFieldProps) {
  return (
    <div className="amount-field">
      <TextField
        className="field"
        value={value.count}
        onChange={(count) => onChange({ ...value, count })}
        isInvalid={problem !== undefined}
        validationBehavior="aria"
        autoComplete="off"
      >
        <Label>{label}</Label>
        <Input className="text-input" inputMode="decimal" />
        {hint !== undefined && (
          <Text slot="description" className="admin-hint">
            {hint}
          </Text>
        )}
        <FieldError className="field-error">{problem}</FieldError>
      </TextField>
      <Select
        label={`Unit of ${label.toLowerCase()}`}
        isLabelHidden
        options={units.map(({ id, name }) => ({ value: id, name }))}
        value={value.unitId}
        onChange={(unitId) => onChange({ ...value, unitId })}
      />
    </div>
  );
}
