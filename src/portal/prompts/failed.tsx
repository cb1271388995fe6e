import { RotateCw, Send } from 'lucide-react';
import type { UploadPrompt } from '../../client/index.js';
import { usePortal } from '../shell/portal-context.js';
import type { ChosenFile } from '../state/answering.js';
import { Button } from '../ui/button.js';
import { toRefusal } from '../words/refusals.js';
import { FileRow } from './file-row.js';
import { ChooseButton } from './file-picker.js';
import { RefusalBanner } from './refusal-banner.js';

export interface FailedProps {
  readonly prompt: UploadPrompt;
  readonly files: readonly ChosenFile[];
  readonly error: unknown;
}

/** Why it did not work, and what can be done about it. */
export function Failed({ prompt, files, error }: FailedProps) {
  const { answering } = usePortal();
  const { next } = toRefusal(error);
  const choosesAnew = (chosen: readonly File[]) => {
    answering.clear(prompt.id);
    answering.choose(prompt, chosen);
  };
  return (
    <div className="stage">
      <RefusalBanner error={error} />
      <ul className="files" aria-label="Files that were not sent">
        {files.map((chosen) => (
          <FileRow
            key={chosen.key}
            prompt={prompt}
            chosen={chosen}
            onRemove={() => answering.remove(prompt.id, chosen.key)}
          />
        ))}
      </ul>
      <div className="actions">
        {next === 'again' && (
          <Button look="primary" icon={RotateCw} onPress={() => answering.send(prompt)}>
            Try again
          </Button>
        )}
        {next === 'take-over' && (
          <Button look="primary" icon={Send} onPress={() => answering.send(prompt, { takeOver: true })}>
            Send this instead
          </Button>
        )}
        {next !== 'nothing' && (
          <ChooseButton
            prompt={prompt}
            look={next === 'choose' ? 'primary' : 'plain'}
            label={prompt.maxFiles > 1 ? 'Choose others' : 'Choose another'}
            onFiles={choosesAnew}
          />
        )}
      </div>
    </div>
  );
}
