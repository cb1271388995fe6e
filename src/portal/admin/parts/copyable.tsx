import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from 'react-aria-components';

/** How long it says so. */
const shownMs = 2_000;

export interface CopyableProps {
  readonly text: string;
  /** What it is, such as "the URN". */
  readonly name: string;
}

/** A text that is for machines, with a button that copies it. */
export function Copyable({ text, name }: CopyableProps) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  useEffect(() => {
    if (state === 'idle') return;
    const timer = setTimeout(() => setState('idle'), shownMs);
    return () => clearTimeout(timer);
  }, [state]);

  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setState('copied'),
      () => setState('failed'),
    );
  const Icon = state === 'copied' ? Check : Copy;
  return (
    <span className="copyable">
      <code>{text}</code>
      <Button className="copy-button" aria-label={`Copy ${name}`} onPress={() => void copy()}>
        <Icon aria-hidden size={16} className={state === 'copied' ? 'good' : undefined} />
      </Button>
      <span role="status" className="visually-hidden">
        {state === 'copied' && 'Copied'}
        {state === 'failed' && 'Not copied: select the text instead'}
      </span>
    </span>
  );
}
