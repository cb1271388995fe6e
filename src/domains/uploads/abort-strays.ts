import type { Db } from '../../core/db.js';
import type { ObjectStore } from '../storage/object-store.js';
import { makeUploadStore } from './upload.store.js';

/** Longer than a copy in parts takes, and than it takes to write down what was just begun at storage. */
const minAgeMs = 24 * 3600 * 1000;

/**
 * Aborts what storage still takes parts for and nobody will complete: a process died between telling storage of it
 * and writing that down, or in the middle of a copy. What is a day old and belongs to no open upload is such a one.
 */
export function makeAbortStrays({ db, objects }: { db: Db; objects: ObjectStore }) {
  const store = makeUploadStore(db);

  return async function abortStrays(now: Date): Promise<void> {
    for await (const upload of objects.listMultipartUploads('')) {
      if (now.getTime() - upload.begunAt.getTime() < minAgeMs) continue;
      if (!(await store.isAwaited(upload.key))) await objects.abortMultipart(upload);
    }
  };
}
