import { useMutation } from '@tanstack/react-query';
import { KeyRound, Lock, ShieldPlus } from 'lucide-react';
import { useState } from 'react';
import type { Memory } from '../../client/index.js';
import { usePortal } from '../shell/portal-context.js';
import { Button } from '../ui/button.js';
import { toPasswordRefusal } from '../words/passwords.js';
import { ChangePasswordDialog } from './change-password-dialog.js';
import { EncryptDialog } from './encrypt-dialog.js';
import { isLocked, useRereadMemories } from './use-memories.js';

/** What can be done about the password of a memory that is not locked. */
export function MemoryLock({ memory }: { memory: Memory }) {
  const { client } = usePortal();
  const reread = useRereadMemories();
  const [asking, setAsking] = useState<'encrypt' | 'change'>();
  const lock = useMutation({ mutationFn: () => client.lock(memory.urn), onSuccess: reread });
  const close = () => setAsking(undefined);
  return (
    <div className="memory-lock">
      {!memory.encrypted && (
        <Button icon={ShieldPlus} onPress={() => setAsking('encrypt')}>
          Protect with a password
        </Button>
      )}
      {memory.encrypted && !isLocked(memory) && (
        <>
          <Button icon={KeyRound} look="quiet" onPress={() => setAsking('change')}>
            Change the password
          </Button>
          <Button icon={Lock} isPending={lock.isPending} onPress={() => lock.mutate()}>
            Lock now
          </Button>
        </>
      )}
      {lock.error && (
        <p role="alert" className="memory-lock-refused">
          {toPasswordRefusal(lock.error).title}: it is still unlocked.
        </p>
      )}
      {asking === 'encrypt' && <EncryptDialog memory={memory} onClose={close} />}
      {asking === 'change' && <ChangePasswordDialog memory={memory} onClose={close} />}
    </div>
  );
}
