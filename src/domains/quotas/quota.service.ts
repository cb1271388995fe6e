import type { Tx } from '../../core/db.js';
import { AppError } from '../../core/errors.js';
import { makeQuotaStore } from './quota.store.js';

export type Quotas = ReturnType<typeof makeQuotas>;

/**
 * What an organization stores and has declared. An upload's declared size is reserved when it begins and
 * settled or released when it ends, in the transaction that ends it: usage never passes the quota.
 */
export function makeQuotas() {
  return {
    /** A new organization has no limit. */
    create: (tx: Tx, orgId: string) => makeQuotaStore(tx.db).create(orgId),

    /** Throws QUOTA_EXCEEDED. */
    async reserve(tx: Tx, orgId: string, sizeBytes: number): Promise<void> {
      if (await makeQuotaStore(tx.db).reserve(orgId, sizeBytes)) return;
      throw new AppError('QUOTA_EXCEEDED', "Your organization's storage has no room for this file.");
    },

    /** What was reserved is now stored. */
    settle: (tx: Tx, orgId: string, sizeBytes: number) => makeQuotaStore(tx.db).settle(orgId, sizeBytes),

    /** What was stored is deleted for good. */
    free: (tx: Tx, orgId: string, sizeBytes: number) => makeQuotaStore(tx.db).free(orgId, sizeBytes),

    /** What was reserved will not come. */
    release: (tx: Tx, orgId: string, sizeBytes: number) => makeQuotaStore(tx.db).release(orgId, sizeBytes),
  };
}
