import { useState } from 'react';
import type { UploadPrompt } from '../../client/index.js';
import { Button } from '../ui/button.js';
import { DeclineDialog } from './decline-dialog.js';
import { MemoryDialog } from './memory-dialog.js';

/** What else there is to say than a new file. */
export function OtherAnswers({ prompt }: { prompt: UploadPrompt }) {
  const [open, setOpen] = useState<'decline' | 'memory'>();
  const close = () => setOpen(undefined);
  return (
    <footer className="card-foot">
      {/* Refused while another device sends a file. */}
      {prompt.status === 'PENDING' && (
        <Button look="quiet" onPress={() => setOpen('memory')}>
          Use a file {prompt.agent.name} has already
        </Button>
      )}
      <Button look="quiet" onPress={() => setOpen('decline')}>
        Decline
      </Button>
      {open === 'decline' && <DeclineDialog prompt={prompt} onClose={close} />}
      {open === 'memory' && <MemoryDialog prompt={prompt} onClose={close} />}
    </footer>
  );
}
