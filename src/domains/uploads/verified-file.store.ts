import { and, eq, inArray, ne } from 'drizzle-orm';
import { hasStem } from '../../core/columns.table.js';
import type { Db } from '../../core/db.js';
import { toStem } from '../storage/object-keys.js';
import type { VerifiedFile } from './verified-file.js';
import { uploads } from './upload.table.js';
import { verifiedFiles } from './verified-file.table.js';

/** With the upload that it came of, and when. */
export type VerifiedFileRow = VerifiedFile & { readonly uploadId: string; readonly verifiedAt: Date };

export function makeVerifiedFileStore(db: Db) {
  async function take(uploadIds: readonly string[]): Promise<VerifiedFileRow[]> {
    return db
      .delete(verifiedFiles)
      .where(inArray(verifiedFiles.uploadId, [...uploadIds]))
      .returning();
  }

  return {
    async insert(uploadId: string, file: VerifiedFile): Promise<VerifiedFileRow> {
      const [row] = await db
        .insert(verifiedFiles)
        .values({ uploadId, ...file })
        .returning();
      // An INSERT of one row returns one row.
      return row!;
    },

    async find(uploadId: string): Promise<VerifiedFileRow | undefined> {
      const [row] = await db.select().from(verifiedFiles).where(eq(verifiedFiles.uploadId, uploadId));
      return row;
    },

    /** By the stem of the key, which is all that some rows have of it. */
    async existsAt(storageKey: string): Promise<boolean> {
      return (await db.$count(verifiedFiles, hasStem(verifiedFiles.storageKey, toStem(storageKey)))) > 0;
    },

    /** Removes those that wait to replace the asset, but for one, and returns them with their sizes. */
    async takeReplacementsOf(
      assetId: string,
      exceptUploadId: string,
    ): Promise<{ storageKey: string; sizeBytes: number }[]> {
      const replacing = await db
        .select({ id: uploads.id, sizeBytes: uploads.sizeBytes })
        .from(verifiedFiles)
        .innerJoin(uploads, eq(uploads.id, verifiedFiles.uploadId))
        .where(and(eq(uploads.replacesAssetId, assetId), ne(uploads.id, exceptUploadId)));
      const sizes = new Map(replacing.map(({ id, sizeBytes }) => [id, sizeBytes]));
      // Of what is gone by now, another has seen to everything.
      const taken = await take([...sizes.keys()]);
      return taken.map(({ uploadId, storageKey }) => ({ storageKey, sizeBytes: sizes.get(uploadId) ?? 0 }));
    },

    /** Removes and returns them, in any order. */
    take,
  };
}
