import { useState } from 'react';
import { usePortal } from '../shell/portal-context.js';
import { Dialog } from '../ui/dialog.js';
import { minPasswordLength } from '../words/passwords.js';
import type { MemoryDialogProps } from './encrypt-dialog.js';
import { NewPassword } from './new-password.js';
import { PasswordField } from './password-field.js';
import { PasswordForm } from './password-form.js';
import { useRereadMemories } from './use-memories.js';

/** Another password for the same memory; everywhere else it is locked then. */
export function ChangePasswordDialog({ memory: { urn, agent }, onClose }: MemoryDialogProps) {
  const { client } = usePortal();
  const reread = useRereadMemories();
  const [password, setPassword] = useState('');
  const [newPassword, setNewPassword] = useState('');
  const [isRepeated, setIsRepeated] = useState(false);
  return (
    <Dialog title={`Change the password of ${agent.name}’s memory`} isOpen onClose={onClose}>
      <p className="dialog-text">It stays unlocked here, and is locked on your other devices.</p>
      <PasswordForm
        button="Change it"
        busyWords="Changing…"
        isComplete={password !== '' && newPassword.length >= minPasswordLength && isRepeated}
        onSubmit={() => client.memories.changePassword(urn, { from: password, to: newPassword })}
        onDone={() => {
          reread();
          onClose();
        }}
        onCancel={onClose}
      >
        <PasswordField
          label="Password now"
          kind="current-password"
          value={password}
          onChange={setPassword}
          autoFocus
        />
        <NewPassword
          label="New password"
          value={newPassword}
          onChange={setNewPassword}
          onRepeated={setIsRepeated}
        />
      </PasswordForm>
    </Dialog>
  );
}
