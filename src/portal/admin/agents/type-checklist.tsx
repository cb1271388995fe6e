import { Plus, X } from 'lucide-react';
import { useId, useState } from 'react';
import { Button as AriaButton, Group } from 'react-aria-components';
import { Button } from '../../ui/button.js';
import { CheckBox } from '../parts/check-box.js';
import { TextEntry } from '../parts/text-entry.js';
import { toChoices, type KindOfTypes } from './type-choices.js';

export interface TypeChecklistProps {
  /** What there is to choose from. */
  readonly limits: readonly string[];
  readonly value: readonly string[];
  readonly onChange: (types: readonly string[]) => void;
  readonly problem: string | undefined;
}

/** Which types are allowed: by kind, one by one, and by typing one that a whole group of the limits covers. */
export function TypeChecklist({ limits, value, onChange, problem }: TypeChecklistProps) {
  const problemId = useId();
  const set = (types: readonly string[], isAllowed: boolean) =>
    onChange([...value.filter((type) => !types.includes(type)), ...(isAllowed ? types : [])]);
  const custom = value.filter((type) => !limits.includes(type));
  return (
    <Group
      className="types"
      aria-label="Allowed types"
      {...(problem !== undefined && { 'aria-describedby': problemId })}
    >
      <p className="types-title">Allowed types</p>
      <div className="types-kinds">
        {toChoices(limits).map((kind) => (
          <KindChecks key={kind.kind} kind={kind} value={value} onSet={set} />
        ))}
      </div>
      {custom.length > 0 && (
        <ul className="tags" aria-label="Types of your own">
          {custom.map((type) => (
            <li key={type} className="tag">
              <code>{type}</code>
              <AriaButton
                className="tag-remove"
                aria-label={`Remove ${type}`}
                onPress={() => set([type], false)}
              >
                <X aria-hidden size={14} />
              </AriaButton>
            </li>
          ))}
        </ul>
      )}
      <CustomType onAdd={(type) => set([type], true)} />
      {problem !== undefined && (
        <p id={problemId} role="alert" className="field-error">
          {problem}
        </p>
      )}
    </Group>
  );
}

interface KindChecksProps {
  readonly kind: KindOfTypes;
  readonly value: readonly string[];
  readonly onSet: (types: readonly string[], isAllowed: boolean) => void;
}

function KindChecks({ kind: { kind, types }, value, onSet }: KindChecksProps) {
  const all = types.map(({ mimeType }) => mimeType);
  const count = all.filter((type) => value.includes(type)).length;
  return (
    <Group className="types-kind" aria-label={kind}>
      <CheckBox
        isSelected={count === all.length}
        isIndeterminate={count > 0 && count < all.length}
        onChange={(isSelected) => onSet(all, isSelected)}
      >
        <strong>{kind}</strong>
      </CheckBox>
      <div className="types-of-kind">
        {types.map(({ mimeType, name }) => (
          <CheckBox
            key={mimeType}
            isSelected={value.includes(mimeType)}
            onChange={(isSelected) => onSet([mimeType], isSelected)}
          >
            {name}
          </CheckBox>
        ))}
      </div>
    </Group>
  );
}

function CustomType({ onAdd }: { onAdd: (type: string) => void }) {
  const [text, setText] = useState('');
  const type = text.trim().toLowerCase();
  const add = () => {
    if (type === '') return;
    onAdd(type);
    setText('');
  };
  return (
    // Enter adds it, and does not save the whole form.
    <div
      className="types-custom"
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return;
        event.preventDefault();
        add();
      }}
    >
      <TextEntry
        label="Another type"
        placeholder="image/heic"
        value={text}
        onChange={setText}
        hint="A MIME type. It must be within the limits of this service."
      />
      <Button icon={Plus} isDisabled={type === ''} onPress={add}>
        Add
      </Button>
    </div>
  );
}
