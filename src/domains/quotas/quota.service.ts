import type { Tx } from '../../core/db.js';
import { AppError } from '../../core/errors.js';
import { makeQuotaStore } from './quota.store.js';

export type Quotas = ReturnType<typeof makeQuotas>;

/** A file as it is counted: in its space, or with the memories. */
export interface CountedFile {
  readonly orgId: string;
  /** null: in a memory. */
  readonly spaceId: string | null;
  readonly sizeBytes: number;
}

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

    /** What was reserved will not come. */
    release: (tx: Tx, orgId: string, sizeBytes: number) =>
      makeQuotaStore(tx.db).change(orgId, { reservedBytes: -sizeBytes }),

    /** What was reserved is now stored. */
    async settle(tx: Tx, { orgId, spaceId, sizeBytes }: CountedFile): Promise<void> {
      const store = makeQuotaStore(tx.db);
      await store.addFile(orgId, spaceId, sizeBytes);
      await store.change(orgId, { usedBytes: sizeBytes, reservedBytes: -sizeBytes });
    },

    /** Stored files went into the trash, where they count as before. */
    trash: (tx: Tx, orgId: string, sizeBytes: number) =>
      makeQuotaStore(tx.db).change(orgId, { trashedBytes: sizeBytes }),

    /** They came out of it again. */
    restore: (tx: Tx, orgId: string, sizeBytes: number) =>
      makeQuotaStore(tx.db).change(orgId, { trashedBytes: -sizeBytes }),

    /** What was stored is deleted for good; everything goes by way of the trash. */
    async free(tx: Tx, { orgId, spaceId, sizeBytes }: CountedFile): Promise<void> {
      const store = makeQuotaStore(tx.db);
      await store.removeFile(orgId, spaceId, sizeBytes);
      await store.change(orgId, { usedBytes: -sizeBytes, trashedBytes: -sizeBytes });
    },
  };
}
