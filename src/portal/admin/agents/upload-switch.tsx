import { Check } from 'lucide-react';
import { Switch } from 'react-aria-components';
import type { WholeAgentFragment } from '../generated/types.js';
import { ConfirmDialog } from '../parts/confirm-dialog.js';
import { RefusalNote } from '../parts/refusal-note.js';
import { toCount } from '../words/amounts.js';
import { useUploadSwitch } from './use-upload-switch.js';

/** Saved when it is clicked; who may not is shown the refusal, and the switch goes back. */
export function UploadSwitch({ agent }: { agent: WholeAgentFragment }) {
  const { urn, name, assetUploadEnabled } = agent;
  const { set, openCount, confirm, keep, isSaving, isSaved, error } = useUploadSwitch(urn);
  return (
    <div className="upload-switch">
      <Switch className="switch" isSelected={assetUploadEnabled} onChange={set}>
        <span className="switch-track" aria-hidden>
          <span className="switch-thumb" />
        </span>
        Allow this agent to ask users for uploads
      </Switch>
      <p role="status" className="switch-state">
        {isSaving && 'Saving…'}
        {!isSaving && isSaved && (
          <>
            <Check aria-hidden size={16} />
            Saved: {name} {assetUploadEnabled ? 'may ask from now on.' : 'may not ask any more.'}
          </>
        )}
      </p>
      <RefusalNote error={error} />
      {openCount !== undefined && (
        <ConfirmDialog
          title={`Stop ${name} from asking?`}
          label="Stop it from asking"
          onConfirm={confirm}
          onClose={keep}
        >
          <p>
            {name} is asking now: {toCount(openCount, 'request')} {openCount === 1 ? 'is' : 'are'} open. When
            you switch this off, {openCount === 1 ? 'it ends' : 'they end'} as declined, and what is being
            sent is not passed on.
          </p>
        </ConfirmDialog>
      )}
    </div>
  );
}
