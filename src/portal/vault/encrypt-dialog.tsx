import { useState } from 'react';
import { Checkbox } from 'react-aria-components';
import type { Memory } from '../../client/index.js';
import { usePortal } from '../shell/portal-context.js';
import { Dialog } from '../ui/dialog.js';
import { minPasswordLength } from '../words/passwords.js';
import { NewPassword } from './new-password.js';
import { PasswordForm } from './password-form.js';
import { useRereadMemories } from './use-memories.js';

export interface MemoryDialogProps {
  readonly memory: Memory;
  readonly onClose: () => void;
}

/** Says what a password does, and what losing it means, before it takes one. */
export function EncryptDialog({ memory: { urn, agent }, onClose }: MemoryDialogProps) {
  const { client } = usePortal();
  const reread = useRereadMemories();
  const [password, setPassword] = useState('');
  const [isRepeated, setIsRepeated] = useState(false);
  const [isUnderstood, setIsUnderstood] = useState(false);
  return (
    <Dialog title={`Protect ${agent.name}’s memory with a password`} isOpen onClose={onClose}>
      <ul className="vault-points">
        <li>The names and descriptions of its files are encrypted with your password.</li>
        <li>
          {agent.name} and you see them while it is unlocked: until you lock it, or leave it unused for a
          while.
        </li>
        <li>What is written in its files is not searched any more.</li>
      </ul>
      <PasswordForm
        button="Protect it"
        busyWords="Encrypting…"
        isComplete={password.length >= minPasswordLength && isRepeated && isUnderstood}
        onSubmit={() => client.memories.encrypt(urn, password)}
        onDone={() => {
          reread();
          onClose();
        }}
        onCancel={onClose}
      >
        <NewPassword
          label="Password"
          value={password}
          onChange={setPassword}
          onRepeated={setIsRepeated}
          autoFocus
        />
        <Checkbox className="check vault-check" isSelected={isUnderstood} onChange={setIsUnderstood}>
          <span className="check-box" aria-hidden />
          <span>
            I understand that a lost password is lost: nobody can tell or reset it, and the names are gone
            with it.
          </span>
        </Checkbox>
      </PasswordForm>
    </Dialog>
  );
}
