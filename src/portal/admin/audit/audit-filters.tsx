import { X } from 'lucide-react';
import { useState } from 'react';
import { Form } from 'react-aria-components';
import { Button } from '../../ui/button.js';
import { Select } from '../../ui/select.js';
import { TextEntry } from '../parts/text-entry.js';
import { toActionOptions } from './words.js';

export interface AuditFilter {
  /** '' for all. */
  readonly action: string;
  readonly subject: string;
}

export interface AuditFiltersProps {
  readonly filter: AuditFilter;
  readonly onChange: (filter: Partial<AuditFilter>) => void;
}

const any = { value: 'any', name: 'Everything' };

/** By what was done, and to what. The subject is looked for when it is entered, not letter by letter. */
export function AuditFilters({ filter: { action, subject }, onChange }: AuditFiltersProps) {
  const [text, setText] = useState(subject);
  return (
    <Form
      className="admin-inline"
      onSubmit={(event) => {
        event.preventDefault();
        onChange({ subject: text.trim() });
      }}
    >
      <Select
        label="What was done"
        options={[any, ...toActionOptions(action)]}
        value={action === '' ? any.value : action}
        onChange={(value) => onChange({ action: value === any.value ? '' : value })}
      />
      <TextEntry label="To what" placeholder="An id or URN" value={text} onChange={setText} />
      <Button type="submit">Filter</Button>
      {(action !== '' || subject !== '') && (
        <Button look="quiet" icon={X} onPress={() => onChange({ action: '', subject: '' })}>
          Show everything
        </Button>
      )}
    </Form>
  );
}
