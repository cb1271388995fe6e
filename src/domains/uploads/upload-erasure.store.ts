import { and, eq, inArray, isNotNull, isNull, or, type SQL } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import { erasedId } from '../../core/erased.js';
import type { ActorRef } from '../../core/viewer.js';
import type { Generated } from '../assets/asset.js';
import type { Upload } from './upload.js';
import { toUpload } from './upload.store.js';
import { uploads } from './upload.table.js';
import { verifiedFiles } from './verified-file.table.js';

/** Whose direct uploads: of one who began them, or of what generated them. */
export type DirectScope = { readonly actor: ActorRef } | Generated;

export function makeUploadErasureStore(db: Db) {
  function isOf(orgId: string, scope: DirectScope): SQL | undefined {
    return and(eq(uploads.orgId, orgId), isNull(uploads.promptId), isOfScope(scope));
  }
  const pick = (condition: SQL | undefined, limit: number) =>
    db.select({ id: uploads.id }).from(uploads).where(condition).limit(limit);

  return {
    /** On their way, or complete and waiting. */
    async listUnsettled(orgId: string, scope: DirectScope, limit: number): Promise<Upload[]> {
      const isUnsettled = or(
        eq(uploads.status, 'OPEN'),
        and(eq(uploads.status, 'COMPLETED'), isNotNull(verifiedFiles.uploadId)),
      );
      const rows = await db
        .select({ upload: uploads })
        .from(uploads)
        .leftJoin(verifiedFiles, eq(verifiedFiles.uploadId, uploads.id))
        .where(and(isOf(orgId, scope), isUnsettled))
        .limit(limit);
      return rows.map(({ upload }) => toUpload(upload));
    },

    async hasGenerated(orgId: string, of: Generated): Promise<boolean> {
      return (await pick(isOf(orgId, of), 1)).length > 0;
    },

    async deleteOfPrompts(promptIds: readonly string[]): Promise<void> {
      const ids = db
        .select({ id: uploads.id })
        .from(uploads)
        .where(inArray(uploads.promptId, [...promptIds]));
      await db.delete(verifiedFiles).where(inArray(verifiedFiles.uploadId, ids));
      await db.delete(uploads).where(inArray(uploads.promptId, [...promptIds]));
    },

    async deleteGenerated(orgId: string, of: Generated, limit: number): Promise<number> {
      const { rowCount } = await db.delete(uploads).where(inArray(uploads.id, pick(isOf(orgId, of), limit)));
      return rowCount ?? 0;
    },

    async disown(orgId: string, actor: ActorRef, limit: number): Promise<number> {
      const { rowCount } = await db
        .update(uploads)
        // The keys of several may be the same.
        .set({ createdById: erasedId, sessionId: erasedId, idempotencyKey: null, inputHash: null })
        .where(inArray(uploads.id, pick(isOf(orgId, { actor }), limit)));
      return rowCount ?? 0;
    },
  };
}

function isOfScope(scope: DirectScope): SQL | undefined {
  if ('executionId' in scope) return eq(uploads.executionId, scope.executionId);
  if ('agentUrn' in scope) return eq(uploads.agentUrn, scope.agentUrn);
  return and(eq(uploads.createdById, scope.actor.id), eq(uploads.createdByKind, scope.actor.kind));
}
