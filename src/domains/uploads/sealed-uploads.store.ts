import { and, asc, eq, inArray, lt, sql } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import type { MemoryCipher } from '../vault/memory-cipher.js';
import { openNames, sealNames } from '../vault/sealed-names.js';
import type { SealedRows } from '../vault/sealing.js';
import type { Upload } from './upload.js';
import { toUpload } from './upload.store.js';
import { uploads } from './upload.table.js';
import { verifiedFiles } from './verified-file.table.js';

/** Uploads to encrypted memories, those that have ended too: each has the name that was declared. */
export const sealedUploads: SealedRows = {
  async hide(tx, { id: memoryId }) {
    const ofMemory = eq(uploads.memoryId, memoryId);
    // Locked in the order in which everybody locks several.
    await tx.db
      .select({ id: uploads.id })
      .from(uploads)
      .where(ofMemory)
      .orderBy(asc(uploads.createdAt), asc(uploads.id))
      .for('update');
    await tx.db.update(uploads).set({ keyVersion: 0 }).where(ofMemory);
    // What waits for its prompt will have its whole key sealed with its asset, which is made of ids and its type.
    await tx.db
      .update(verifiedFiles)
      .set({ storageKey: sql`split_part(${verifiedFiles.storageKey}, '.', 1)` })
      .where(inArray(verifiedFiles.uploadId, tx.db.select({ id: uploads.id }).from(uploads).where(ofMemory)));
  },

  async seal(tx, cipher, limit) {
    const rows = await tx.db
      .select()
      .from(uploads)
      .where(isUnsealed(cipher.memoryId, cipher.keyVersion))
      .orderBy(asc(uploads.createdAt), asc(uploads.id))
      .limit(limit)
      .for('update');
    for (const row of rows) {
      const { id, ...columns } = reseal(cipher, toUpload(row));
      await tx.db.update(uploads).set(columns).where(eq(uploads.id, id));
    }
    return rows.length;
  },

  async hasUnsealed(db: Db, memoryId, keyVersion) {
    const rows = await db
      .select({ id: uploads.id })
      .from(uploads)
      .where(isUnsealed(memoryId, keyVersion))
      .limit(1);
    return rows.length > 0;
  },
};

function isUnsealed(memoryId: string, keyVersion: number) {
  return and(eq(uploads.memoryId, memoryId), lt(uploads.keyVersion, keyVersion));
}

/** What of the row changes: its id stands for its name. */
function reseal(cipher: MemoryCipher, { id, sealed }: Upload) {
  if (sealed === null) throw new Error(`Upload ${id} is for no encrypted memory.`);
  const { keyVersion, filename, description } = sealNames(cipher, sealed.row, openNames(cipher, sealed));
  return {
    id,
    filename: id,
    description: null,
    keyVersion,
    sealedFilename: filename,
    sealedDescription: description,
  };
}
