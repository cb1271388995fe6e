import { useState } from 'react';
import { Label, TextArea, TextField } from 'react-aria-components';
import type { UploadPrompt } from '../../client/index.js';
import { usePortal } from '../shell/portal-context.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { RefusalBanner } from './refusal-banner.js';
import { useOwnAnswer } from './use-own-answer.js';

/** The service's own limit. */
const maxNoteLength = 2000;

export function DeclineDialog({ prompt, onClose }: { prompt: UploadPrompt; onClose: () => void }) {
  const { client } = usePortal();
  const { isBusy, error, give } = useOwnAnswer(prompt.id);
  const [note, setNote] = useState('');
  const decline = () => give(() => client.decline(prompt, note.trim() === '' ? undefined : note.trim()));
  return (
    <Dialog title={`Decline ${prompt.agent.name}’s request?`} isOpen onClose={onClose}>
      <p className="dialog-text">
        {prompt.agent.name} is told that you don’t want to send “{prompt.prompt}”.
      </p>
      <TextField className="field" value={note} onChange={setNote} maxLength={maxNoteLength}>
        <Label>Why? (optional)</Label>
        <TextArea rows={3} className="text-area" />
      </TextField>
      <RefusalBanner error={error} />
      <div className="actions actions-end">
        <Button onPress={onClose}>Keep it open</Button>
        <Button look="danger" isPending={isBusy} onPress={() => void decline()}>
          Decline
        </Button>
      </div>
    </Dialog>
  );
}
