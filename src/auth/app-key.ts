import DataLoader from 'dataloader';
import type { AppViewer } from '../core/viewer.js';
import type { AppKeys } from '../domains/accounts/app-key.service.js';

/** Signs agents' runtimes in by their app keys. Nothing is remembered: a revoked key ends at once. */
export function makeAppKeySignIn(appKeys: Pick<AppKeys, 'findOwner' | 'listIdsInForce'>) {
  // Many sockets check at the same moment: one query for all of them, and no answer is kept.
  const inForce = new DataLoader<string, boolean>(
    async (ids) => {
      const found = new Set(await appKeys.listIdsInForce(ids));
      return ids.map((id) => found.has(id));
    },
    { cache: false, maxBatchSize: 1000 },
  );

  return {
    /** Whether it is meant as an app key, valid or not. */
    isAppKey: (credential: string) => credential.startsWith('ak_'),

    async signIn(secret: string): Promise<AppViewer | undefined> {
      const owner = await appKeys.findOwner(secret);
      if (owner === undefined) return undefined;
      const { keyId, orgId, agentUrn, agentName, appId } = owner;
      return {
        kind: 'APP',
        id: appId,
        name: agentName,
        orgId,
        agentUrn,
        appKeyId: keyId,
        sessionId: keyId,
        expiresAt: null,
      };
    },

    isInForce: (keyId: string) => inForce.load(keyId),
  };
}
