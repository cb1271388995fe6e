import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../ui/button.js';
import { ListAppKeys, RevokeAppKey } from '../generated/documents.js';
import type { ListedKeyFragment } from '../generated/types.js';
import { ConfirmDialog } from '../parts/confirm-dialog.js';
import { Loaded } from '../parts/loaded.js';
import { Moment } from '../parts/moment.js';
import { Section } from '../parts/section.js';
import { useAct, useRead } from '../use-admin.js';
import { NewAppKey } from './new-app-key.js';

/** What the agent's runtime signs in with. */
export function AppKeys({ urn }: { urn: string }) {
  const query = useRead(ListAppKeys, { agentUrn: urn });
  const [revoked, setRevoked] = useState<ListedKeyFragment>();
  return (
    <Section
      title="App keys"
      text="What the agent’s runtime signs in with. Whoever has one acts as this agent; revoke those that are not needed."
    >
      <NewAppKey urn={urn} />
      <Loaded query={query} name="app keys">
        {({ appKeys }) =>
          appKeys.length === 0 ? (
            <p className="admin-empty">No key yet: this agent can’t sign in.</p>
          ) : (
            <ul className="admin-rows" aria-label="App keys">
              {appKeys.map((key) => (
                <KeyRow key={key.id} appKey={key} onRevoke={() => setRevoked(key)} />
              ))}
            </ul>
          )
        }
      </Loaded>
      {revoked && <RevokeDialog appKey={revoked} onClose={() => setRevoked(undefined)} />}
    </Section>
  );
}

interface KeyRowProps {
  readonly appKey: ListedKeyFragment;
  readonly onRevoke: () => void;
}

function KeyRow({ appKey: { name, createdAt, lastUsedAt, revokedAt }, onRevoke }: KeyRowProps) {
  return (
    <li className={revokedAt === null ? 'admin-row' : 'admin-row admin-row-over'}>
      <KeyRound aria-hidden size={20} className="admin-row-icon" />
      <span className="admin-row-words">
        <strong>{name}</strong>
        <span>
          Made <Moment at={createdAt} />
        </span>
        <span>
          {lastUsedAt === null ? (
            'Never used'
          ) : (
            <>
              Last used <Moment at={lastUsedAt} />
            </>
          )}
        </span>
        {revokedAt !== null && (
          <span>
            Revoked <Moment at={revokedAt} />
          </span>
        )}
      </span>
      {revokedAt === null ? (
        <Button look="quiet" aria-label={`Revoke ${name}`} onPress={onRevoke}>
          Revoke
        </Button>
      ) : (
        <span className="badge badge-bad">Revoked</span>
      )}
    </li>
  );
}

function RevokeDialog({ appKey: { id, name }, onClose }: { appKey: ListedKeyFragment; onClose: () => void }) {
  const { mutate, isPending, error } = useAct(RevokeAppKey, [ListAppKeys], onClose);
  return (
    <ConfirmDialog
      title={`Revoke “${name}”?`}
      label="Revoke"
      isBusy={isPending}
      error={error}
      onConfirm={() => mutate({ id })}
      onClose={onClose}
    >
      <p>Whatever signs in with it is shut out at once, and it can’t be brought back.</p>
    </ConfirmDialog>
  );
}
