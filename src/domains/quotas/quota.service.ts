import type { Db, Transact, Tx } from '../../core/db.js';
import { AppError, badInput } from '../../core/errors.js';
import { assertOrgAdmin, isOrgAdmin, type Viewer } from '../../core/viewer.js';
import type { Audit } from '../accounts/audit.service.js';
import type { SpaceAccess } from '../spaces/space-access.js';
import { makeQuotaStore } from './quota.store.js';
import type { SpaceUsage, StorageUsage } from './usage.js';

export type Quotas = ReturnType<typeof makeQuotas>;

export interface QuotasDeps {
  db: Db;
  transact: Transact;
  audit: Audit;
  spaceAccess: SpaceAccess;
}

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
export function makeQuotas({ db, transact, audit, spaceAccess }: QuotasDeps) {
  const store = makeQuotaStore(db);

  return {
    /** A new organization has no limit. */
    create: (tx: Tx, orgId: string) => makeQuotaStore(tx.db).create(orgId),

    /** The totals, to every member of the organization. */
    getUsage: ({ orgId }: Viewer): Promise<StorageUsage> => store.get(orgId),

    /**
     * For an admin every space by name, those too that keep them out, then all memories together. For everybody else
     * the spaces that they may read: what people keep in their memories is told in the totals alone.
     */
    async listUsageBySpace(viewer: Viewer): Promise<SpaceUsage[]> {
      const counted = await store.listBySpace(viewer.orgId);
      const granted = new Map(
        (await spaceAccess.list(viewer)).map(({ id, permissions }) => [id, permissions]),
      );
      const bySpace = counted.map(({ space, ...usage }) => ({
        ...usage,
        space: { ...space, permissions: granted.get(space.id) ?? new Set<never>() },
      }));
      if (isOrgAdmin(viewer)) return [...bySpace, await store.getOfMemories(viewer.orgId)];
      return bySpace.filter(({ space }) => space.permissions.has('ASSETS_READ'));
    },

    /**
     * null: no limit. Below what is used already, nothing more fits until there is room.
     * Throws PERMISSION_DENIED, BAD_USER_INPUT (less than 0, or left out).
     */
    async setStorageQuota(viewer: Viewer, quotaBytes: number | null | undefined): Promise<StorageUsage> {
      assertOrgAdmin(viewer);
      const { orgId } = viewer;
      // Left out by mistake, it must not lift the limit.
      if (quotaBytes === undefined)
        throw badInput('quotaBytes', 'Give a number of bytes, or null for no limit.');
      if (quotaBytes !== null && !(Number.isSafeInteger(quotaBytes) && quotaBytes >= 0)) {
        throw badInput('quotaBytes', 'Give a whole number of bytes, 0 or more, or null for no limit.');
      }
      return transact(async (tx) => {
        const changed = await makeQuotaStore(tx.db).setQuota(orgId, quotaBytes);
        if (changed === undefined) return makeQuotaStore(tx.db).get(orgId);
        await audit.record(tx, viewer, 'setStorageQuota', orgId, { quotaBytes });
        return changed;
      });
    },

    /** Throws QUOTA_EXCEEDED, with what there is and what was needed in `extensions`. */
    async reserve(tx: Tx, orgId: string, sizeBytes: number): Promise<void> {
      const rows = makeQuotaStore(tx.db);
      if (await rows.reserve(orgId, sizeBytes)) return;
      const { quotaBytes, usedBytes, reservedBytes } = await rows.get(orgId);
      throw new AppError('QUOTA_EXCEEDED', "Your organization's storage has no room for this file.", {
        extensions: { quotaBytes, usedBytes, reservedBytes, sizeBytes },
      });
    },

    /** What was reserved will not come. */
    release: (tx: Tx, orgId: string, sizeBytes: number) =>
      makeQuotaStore(tx.db).change(orgId, { reservedBytes: -sizeBytes }),

    /** What was reserved is now stored. */
    async settle(tx: Tx, { orgId, spaceId, sizeBytes }: CountedFile): Promise<void> {
      const rows = makeQuotaStore(tx.db);
      await rows.addFile(orgId, spaceId, sizeBytes);
      await rows.change(orgId, { usedBytes: sizeBytes, reservedBytes: -sizeBytes });
    },

    /** Stored files went into the trash, where they count as before. */
    trash: (tx: Tx, orgId: string, sizeBytes: number) =>
      makeQuotaStore(tx.db).change(orgId, { trashedBytes: sizeBytes }),

    /** They came out of it again. */
    restore: (tx: Tx, orgId: string, sizeBytes: number) =>
      makeQuotaStore(tx.db).change(orgId, { trashedBytes: -sizeBytes }),

    /** What was stored is deleted for good; everything goes by way of the trash. */
    async free(tx: Tx, { orgId, spaceId, sizeBytes }: CountedFile): Promise<void> {
      const rows = makeQuotaStore(tx.db);
      await rows.removeFile(orgId, spaceId, sizeBytes);
      await rows.change(orgId, { usedBytes: -sizeBytes, trashedBytes: -sizeBytes });
    },
  };
}
