import type { Db, Transact } from '../../core/db.js';
import { notFound } from '../../core/errors.js';
import { isId, newId } from '../../core/ids.js';
import { assertOrgAdmin, isOrgAdmin, type Viewer } from '../../core/viewer.js';
import { isUrn, toName } from './agent.js';
import type { Agents } from './agent.service.js';
import { hashSecret, isSecret, makeSecret, type AppKey, type AppKeyOwner } from './app-key.js';
import { makeAppKeyStore } from './app-key.store.js';
import type { Audit } from './audit.service.js';

export type AppKeys = ReturnType<typeof makeAppKeys>;

export interface AppKeysDeps {
  db: Db;
  transact: Transact;
  audit: Audit;
  agents: Agents;
}

const maxListed = 1000;

/** What agents' runtimes sign in with. Only admins make, see and revoke them. */
export function makeAppKeys({ db, transact, audit, agents }: AppKeysDeps) {
  const store = makeAppKeyStore(db);

  return {
    /** `secret` is shown this once; only its hash is kept. Throws PERMISSION_DENIED, NOT_FOUND, BAD_USER_INPUT. */
    async createAppKey(
      viewer: Viewer,
      input: { agentUrn: string; name: string },
    ): Promise<{ appKey: AppKey; secret: string }> {
      assertOrgAdmin(viewer);
      const name = toName(input.name);
      const { orgId, urn: agentUrn } = await agents.getLasting(viewer.orgId, input.agentUrn);
      const secret = makeSecret();
      const key = { id: newId(), orgId, agentUrn, name, secretHash: hashSecret(secret) };
      const appKey = await transact(async (tx) => {
        await audit.record(tx, viewer, 'createAppKey', key.id, { agentUrn });
        return makeAppKeyStore(tx.db).insert(key);
      });
      return { appKey, secret };
    },

    /** Ends it at once; revoking it again changes nothing. Throws PERMISSION_DENIED, NOT_FOUND. */
    async revokeAppKey(viewer: Viewer, id: string): Promise<AppKey> {
      assertOrgAdmin(viewer);
      if (!isId(id)) throw notFound('The app key');
      return transact(async (tx) => {
        const keys = makeAppKeyStore(tx.db);
        const revoked = await keys.revoke(viewer.orgId, id);
        const key = revoked ?? (await keys.find(viewer.orgId, id));
        if (key === undefined) throw notFound('The app key');
        const { agentUrn } = key;
        if (revoked !== undefined) await audit.record(tx, viewer, 'revokeAppKey', id, { agentUrn });
        return key;
      });
    },

    /** The organization's, or one agent's; newest first, revoked ones too, the last 1000. Throws PERMISSION_DENIED. */
    async listAppKeys(viewer: Viewer, agentUrn?: string): Promise<AppKey[]> {
      assertOrgAdmin(viewer);
      if (agentUrn !== undefined && !isUrn(agentUrn)) return [];
      return store.list(viewer.orgId, agentUrn, maxListed);
    },

    /** For admins; undefined when the organization has none such, and for everybody else. */
    async findAppKey(viewer: Viewer, id: string): Promise<AppKey | undefined> {
      return isOrgAdmin(viewer) && isId(id) ? store.find(viewer.orgId, id) : undefined;
    },

    /** Whom the secret stands for; undefined when it stands for nobody. Asks the database each time. */
    async findOwner(secret: string): Promise<AppKeyOwner | undefined> {
      if (!isSecret(secret)) return undefined;
      const found = await store.findOwner(hashSecret(secret));
      if (found === undefined) return undefined;
      const { isUseDue, ...owner } = found;
      if (isUseDue) await store.noteUse(owner.keyId);
      return owner;
    },

    /** Those of the ids whose keys are not revoked. */
    listIdsInForce: (ids: readonly string[]) => store.listIdsInForce(ids),
  };
}
