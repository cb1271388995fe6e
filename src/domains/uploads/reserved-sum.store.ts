import { and, eq, sql } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import { uploads } from './upload.table.js';
import { verifiedFiles } from './verified-file.table.js';

/** In bytes: of uploads that are open, and of files that are verified and wait. */
export async function sumReserved(db: Db, orgId: string): Promise<number> {
  const sum = { bytes: sql`coalesce(sum(${uploads.sizeBytes}), 0)`.mapWith(Number) };
  const [open] = await db
    .select(sum)
    .from(uploads)
    .where(and(eq(uploads.orgId, orgId), eq(uploads.status, 'OPEN')));
  const [waiting] = await db
    .select(sum)
    .from(verifiedFiles)
    .innerJoin(uploads, eq(uploads.id, verifiedFiles.uploadId))
    .where(eq(uploads.orgId, orgId));
  return (open?.bytes ?? 0) + (waiting?.bytes ?? 0);
}
