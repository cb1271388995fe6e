import { Send } from 'lucide-react';
import type { UploadPrompt } from '../../client/index.js';
import { usePortal } from '../shell/portal-context.js';
import type { ChosenFile } from '../state/answering.js';
import { Button } from '../ui/button.js';
import { toFileCount } from '../words/requests.js';
import { FileRow } from './file-row.js';
import { ChooseButton } from './file-picker.js';

export interface ChosenFilesProps {
  readonly prompt: UploadPrompt;
  readonly files: readonly ChosenFile[];
  /** Chosen with them, and not taken: the request is for one file. */
  readonly leftOut: number;
}

/** A last look before anything leaves: what is sent cannot be taken back. */
export function ChosenFiles({ prompt, files, leftOut }: ChosenFilesProps) {
  const { answering } = usePortal();
  const { id, agent, minFiles, maxFiles } = prompt;
  const hasSeveral = maxFiles > 1;
  const hint = toHint(files, minFiles, maxFiles);
  const takesOver = prompt.status === 'UPLOADING' && answering.getUnfinished(id) === undefined;
  return (
    <div className="stage">
      <ul className="files" aria-label="Files to send">
        {files.map((chosen) => (
          <FileRow
            key={chosen.key}
            prompt={prompt}
            chosen={chosen}
            onRemove={() => answering.remove(id, chosen.key)}
          />
        ))}
      </ul>
      {leftOut > 0 && (
        <p role="status" className="stage-note">
          {agent.name} asks for one file: {leftOut === 1 ? 'the other one was' : `the other ${leftOut} were`}{' '}
          not taken.
        </p>
      )}
      {hint !== undefined && (
        <p role="status" className="stage-hint">
          {hint}
        </p>
      )}
      {takesOver && <p className="stage-note">This ends what another device is sending.</p>}
      <div className="actions">
        <Button
          look="primary"
          icon={Send}
          isDisabled={hint !== undefined}
          onPress={() => answering.send(prompt, { takeOver: prompt.status === 'UPLOADING' })}
        >
          Send to {agent.name}
        </Button>
        {(!hasSeveral || files.length < maxFiles) && (
          <ChooseButton prompt={prompt} label={hasSeveral ? 'Add files' : 'Choose another'} />
        )}
      </div>
    </div>
  );
}

/** What is still in the way of sending. */
function toHint(files: readonly ChosenFile[], min: number, max: number): string | undefined {
  if (files.some(({ problem }) => problem !== undefined)) {
    return files.length === 1 ? 'Choose another file.' : 'Remove what cannot be sent.';
  }
  if (files.length > max) return `Only ${toFileCount(max, max)} can be sent: remove ${files.length - max}.`;
  if (files.length < min) return `${toFileCount(min, max)} are needed: ${min - files.length} more.`;
  return undefined;
}
