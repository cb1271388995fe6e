import { useState } from 'react';
import { usePortal } from '../shell/portal-context.js';
import type { AskedPassword } from '../state/unlocking.js';
import { useStore } from '../state/store.js';
import { Dialog } from '../ui/dialog.js';
import { PasswordField } from './password-field.js';
import { PasswordForm } from './password-form.js';
import { useMemories, useRereadMemories } from './use-memories.js';

/** Wherever something waits for a memory's password, it is asked for in front of everything. */
export function UnlockDialog() {
  const { unlocking } = usePortal();
  const [asked] = useStore(unlocking.state);
  return asked && <AskPassword key={asked.memoryUrn} asked={asked} />;
}

function AskPassword({ asked: { memoryUrn, message, settle } }: { asked: AskedPassword }) {
  const { client } = usePortal();
  const reread = useRereadMemories();
  const agent = useMemories().data?.find(({ urn }) => urn === memoryUrn)?.agent;
  const [password, setPassword] = useState('');
  const cancel = () => settle(false);
  return (
    <Dialog title={`Unlock ${agent ? `${agent.name}’s` : 'this'} memory`} isOpen onClose={cancel}>
      <p className="dialog-text">{message}</p>
      <PasswordForm
        button="Unlock"
        busyWords="Unlocking…"
        isComplete={password !== ''}
        onSubmit={() => client.unlock(memoryUrn, password)}
        onDone={() => {
          settle(true);
          reread();
        }}
        onCancel={cancel}
      >
        <PasswordField
          label="Password of this memory"
          kind="current-password"
          value={password}
          onChange={setPassword}
          autoFocus
        />
      </PasswordForm>
    </Dialog>
  );
}
