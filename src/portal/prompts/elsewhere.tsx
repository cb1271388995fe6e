import { MonitorSmartphone } from 'lucide-react';
import type { UploadPrompt } from '../../client/index.js';
import { usePortal } from '../shell/portal-context.js';
import type { ChosenFile } from '../state/answering.js';
import { Button } from '../ui/button.js';
import { ChooseButton } from './file-picker.js';

export interface ElsewhereProps {
  readonly prompt: UploadPrompt;
  /** What this window had been sending before. */
  readonly files: readonly ChosenFile[];
  readonly where?: 'device' | 'tab';
}

/** Another device of the same person, or another tab, is sending: it can be left to it, or ended from here. */
export function Elsewhere({ prompt, files, where = 'device' }: ElsewhereProps) {
  const { answering } = usePortal();
  return (
    <div className="stage">
      <p className="banner banner-info" role="status">
        <MonitorSmartphone aria-hidden size={20} />
        <span>
          <strong>You are sending a file from another {where}.</strong> This request ends here once it has
          arrived.
        </span>
      </p>
      <div className="actions">
        {files.length > 0 && (
          <Button onPress={() => answering.send(prompt, { takeOver: true })}>Send from here instead</Button>
        )}
        {files.length === 0 && <ChooseButton prompt={prompt} label="Send from here instead" />}
      </div>
    </div>
  );
}
