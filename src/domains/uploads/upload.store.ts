import { and, asc, eq, gte, inArray, isNotNull, isNull, lt, lte, notExists, or, sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import type { Repeatable } from '../../core/idempotency.js';
import type { ActorRef, AppViewer, Viewer } from '../../core/viewer.js';
import type { SealedNames } from '../vault/sealed-names.js';
import type { Lease } from './lease.js';
import type { Upload, UploadStatus } from './upload.js';
import { uploads } from './upload.table.js';
import { verifiedFiles } from './verified-file.table.js';

const isUnclaimed = or(isNull(uploads.completingUntil), lt(uploads.completingUntil, sql`clock_timestamp()`));

export function makeUploadStore(db: Db) {
  return {
    /** Its lease begins now on the database's clock. undefined when its creator has one under the same key. */
    async insert(
      upload: Omit<Upload, 'status' | 'expiresAt' | 'latestEnd' | 'assetId' | 'multipartId' | 'createdAt'>,
      { seconds, latestEnd, isExtended }: Lease,
      repeatable: Repeatable | null,
    ): Promise<Upload | undefined> {
      const { createdBy, sealed, ...columns } = upload;
      const [row] = await db
        .insert(uploads)
        .values({
          ...columns,
          keyVersion: sealed?.keyVersion ?? null,
          sealedFilename: sealed?.filename ?? null,
          sealedDescription: sealed?.description ?? null,
          createdByKind: createdBy.kind,
          createdById: createdBy.id,
          idempotencyKey: repeatable?.key ?? null,
          inputHash: repeatable?.inputHash ?? null,
          latestEnd: isExtended ? latestEnd : null,
          expiresAt: sql`least(clock_timestamp() + make_interval(secs => ${seconds}), ${latestEnd.toISOString()}::timestamptz)`,
        })
        .onConflictDoNothing()
        .returning();
      return row && toUpload(row);
    },

    /** The one under this key that is open or complete, with the hash of what was asked for. */
    async findByKey(
      orgId: string,
      creator: ActorRef,
      key: string,
    ): Promise<{ upload: Upload; inputHash: string | null } | undefined> {
      const [row] = await db
        .select()
        .from(uploads)
        .where(
          and(
            eq(uploads.orgId, orgId),
            isBegunBy(creator),
            eq(uploads.idempotencyKey, key),
            inArray(uploads.status, ['OPEN', 'COMPLETED']),
          ),
        );
      return row && { upload: toUpload(row), inputHash: row.inputHash };
    },

    async findOfCreator(
      orgId: string,
      { kind, id: creatorId }: ActorRef,
      id: string,
    ): Promise<Upload | undefined> {
      const [row] = await db
        .select()
        .from(uploads)
        .where(and(eq(uploads.id, id), eq(uploads.orgId, orgId), isBegunBy({ kind, id: creatorId })));
      return row && toUpload(row);
    },

    async findSeen(viewer: Viewer, id: string): Promise<Upload | undefined> {
      const [row] = await db
        .select()
        .from(uploads)
        .where(and(eq(uploads.id, id), isSeenBy(db, viewer)));
      return row && toUpload(row);
    },

    async listSeenOfPrompts(viewer: Viewer, promptIds: readonly string[]): Promise<Upload[]> {
      const rows = await db
        .select()
        .from(uploads)
        .where(and(inArray(uploads.promptId, [...promptIds]), isSeenBy(db, viewer)))
        .orderBy(asc(uploads.createdAt), asc(uploads.id));
      return rows.map(toUpload);
    },

    async findById(id: string): Promise<Upload | undefined> {
      const [row] = await db.select().from(uploads).where(eq(uploads.id, id));
      return row && toUpload(row);
    },

    /** Whether bytes for an open upload arrive at this key. */
    async isAwaited(stagingKey: string): Promise<boolean> {
      const rows = await db
        .select({ id: uploads.id })
        .from(uploads)
        .where(and(eq(uploads.stagingKey, stagingKey), eq(uploads.status, 'OPEN')));
      return rows.length > 0;
    },

    async isCompleting(assetId: string): Promise<boolean> {
      const isClaimed = gte(uploads.completingUntil, sql`clock_timestamp()`);
      const rows = await db
        .select({ id: uploads.id })
        .from(uploads)
        .where(and(eq(uploads.assetId, assetId), eq(uploads.status, 'OPEN'), isClaimed));
      return rows.length > 0;
    },

    async listOfPrompts(promptIds: readonly string[]): Promise<Upload[]> {
      const rows = await db
        .select()
        .from(uploads)
        .where(inArray(uploads.promptId, [...promptIds]))
        .orderBy(asc(uploads.createdAt), asc(uploads.id));
      return rows.map(toUpload);
    },

    /**
     * Its lease is `leaseSeconds` from now, if that is longer, but never past its latest end. undefined when it has
     * ended or its lease is over.
     */
    async extendLease(id: string, leaseSeconds: number): Promise<Upload | undefined> {
      const wanted = sql`clock_timestamp() + make_interval(secs => ${leaseSeconds})`;
      const [row] = await db
        .update(uploads)
        .set({ expiresAt: sql`greatest(${uploads.expiresAt}, least(${wanted}, ${uploads.latestEnd}))` })
        .where(
          and(
            eq(uploads.id, id),
            eq(uploads.status, 'OPEN'),
            sql`${uploads.expiresAt} > clock_timestamp()`,
            isNotNull(uploads.latestEnd),
          ),
        )
        .returning();
      return row && toUpload(row);
    },

    /** undefined when another was recorded before, or the upload has ended. */
    async recordMultipart(id: string, multipartId: string): Promise<Upload | undefined> {
      const [row] = await db
        .update(uploads)
        .set({ multipartId })
        .where(and(eq(uploads.id, id), eq(uploads.status, 'OPEN'), isNull(uploads.multipartId)))
        .returning();
      return row && toUpload(row);
    },

    /** false when it has ended. */
    async setSize(id: string, sizeBytes: number): Promise<boolean> {
      const { rowCount } = await db
        .update(uploads)
        .set({ sizeBytes })
        .where(and(eq(uploads.id, id), eq(uploads.status, 'OPEN')));
      return rowCount === 1;
    },

    /** One completion at a time: false when another runs, or when the upload has ended. */
    async claim(id: string, assetId: string, seconds: number): Promise<boolean> {
      const { rowCount } = await db
        .update(uploads)
        .set({ assetId, completingUntil: sql`clock_timestamp() + make_interval(secs => ${seconds})` })
        .where(and(eq(uploads.id, id), eq(uploads.status, 'OPEN'), isUnclaimed));
      return rowCount === 1;
    },

    async renewClaim(id: string, assetId: string, seconds: number): Promise<void> {
      await db
        .update(uploads)
        .set({ completingUntil: sql`clock_timestamp() + make_interval(secs => ${seconds})` })
        .where(
          and(
            eq(uploads.id, id),
            eq(uploads.status, 'OPEN'),
            eq(uploads.assetId, assetId),
            sql`${uploads.completingUntil} > clock_timestamp()`,
          ),
        );
    },

    async releaseClaim(id: string, assetId: string): Promise<void> {
      await db
        .update(uploads)
        .set({ assetId: null, completingUntil: null })
        .where(and(eq(uploads.id, id), eq(uploads.status, 'OPEN'), eq(uploads.assetId, assetId)));
    },

    /** false when the claim was lost: it lapsed, or the upload has ended. */
    async complete(id: string, assetId: string): Promise<boolean> {
      const { rowCount } = await db
        .update(uploads)
        .set({ status: 'COMPLETED', completingUntil: null })
        .where(
          and(
            eq(uploads.id, id),
            eq(uploads.status, 'OPEN'),
            eq(uploads.assetId, assetId),
            sql`${uploads.completingUntil} > clock_timestamp()`,
          ),
        );
      return rowCount === 1;
    },

    /** Ends it without an asset; undefined when it is not `from` any more. */
    async end(
      id: string,
      status: Exclude<UploadStatus, 'OPEN' | 'COMPLETED'>,
      from: UploadStatus,
    ): Promise<Upload | undefined> {
      const [row] = await db
        .update(uploads)
        .set({ status, assetId: null, completingUntil: null })
        .where(and(eq(uploads.id, id), eq(uploads.status, from)))
        .returning();
      return row && toUpload(row);
    },

    /** Open uploads whose lease is over and that nobody is completing, oldest first. */
    async listLapsed(limit: number): Promise<Upload[]> {
      const rows = await db
        .select()
        .from(uploads)
        .where(and(eq(uploads.status, 'OPEN'), lte(uploads.expiresAt, sql`now()`), isUnclaimed))
        .orderBy(asc(uploads.expiresAt))
        .limit(limit);
      return rows.map(toUpload);
    },
  };
}

function isBegunBy({ kind, id }: ActorRef): SQL | undefined {
  return and(eq(uploads.createdByKind, kind), eq(uploads.createdById, id));
}

/**
 * An upload is seen by whoever began it. What a person hands over is seen by the App that asked for it, too, from then
 * on; what they tried or left out never is.
 */
function isSeenBy(db: Db, viewer: Viewer): SQL | undefined {
  const isTheirs = isBegunBy(viewer);
  const isSeen = viewer.kind === 'APP' ? or(isTheirs, isAnswerTo(db, viewer)) : isTheirs;
  return and(eq(uploads.orgId, viewer.orgId), isSeen);
}

function isAnswerTo(db: Db, { agentUrn }: AppViewer): SQL | undefined {
  const waiting = db.select().from(verifiedFiles).where(eq(verifiedFiles.uploadId, uploads.id));
  return and(
    isNotNull(uploads.promptId),
    eq(uploads.agentUrn, agentUrn),
    eq(uploads.status, 'COMPLETED'),
    notExists(waiting),
  );
}

/** What is sealed, or hidden only, shows its id for a name. */
export function toUpload(row: typeof uploads.$inferSelect): Upload {
  const { createdByKind, createdById, completingUntil: _, keyVersion, ...columns } = row;
  const { sealedFilename, sealedDescription, idempotencyKey: __, inputHash: ___, ...upload } = columns;
  const createdBy = { kind: createdByKind, id: createdById };
  if (keyVersion === null) return { ...upload, createdBy, sealed: null };
  const { id, filename, description } = upload;
  const names =
    keyVersion === 0
      ? { filename, description }
      : { filename: sealedFilename ?? '', description: sealedDescription };
  const sealed = { row: { kind: 'upload', id }, keyVersion, ...names } satisfies SealedNames;
  return { ...upload, createdBy, filename: id, description: null, sealed };
}
