import type { Db, Tx } from '../../core/db.js';
import type { ActorRef } from '../../core/viewer.js';
import type { Generated } from '../assets/asset.js';
import { makeUploadErasureStore, type DirectScope } from './upload-erasure.store.js';
import type { Uploads } from './upload.service.js';

export type UploadErasure = ReturnType<typeof makeUploadErasure>;

export interface UploadErasureDeps {
  db: Db;
  uploads: Uploads;
}

/** Uploads, ended and taken away in batches; each call may be repeated. Those of prompts go with their prompts. */
export function makeUploadErasure({ db, uploads }: UploadErasureDeps) {
  const store = makeUploadErasureStore(db);

  return {
    /** Whether any upload of it is known. */
    hasGenerated: (orgId: string, of: Generated) => store.hasGenerated(orgId, of),

    /** Direct uploads that may still come to something end: their quota is free, their bytes are deleted. */
    async endAll(orgId: string, scope: DirectScope, limit: number): Promise<number> {
      const unsettled = await store.listUnsettled(orgId, scope, limit);
      for (const upload of unsettled) await uploads.endAndTell(upload, 'ABORTED');
      return unsettled.length;
    },

    /** Of prompts that have ended, whose rows the caller holds. */
    deleteOfPrompts: (tx: Tx, promptIds: readonly string[]) =>
      makeUploadErasureStore(tx.db).deleteOfPrompts(promptIds),

    /** Rows of uploads that have ended; how many. */
    deleteGenerated: (orgId: string, of: Generated, limit: number) => store.deleteGenerated(orgId, of, limit),

    /** Those into spaces stay, as the files do, and do not say who began them. How many it changed. */
    disown: (orgId: string, actor: ActorRef, limit: number) => store.disown(orgId, actor, limit),
  };
}
