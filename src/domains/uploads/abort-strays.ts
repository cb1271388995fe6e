import type { Db } from '../../core/db.js';
import type { Accounts } from '../accounts/account.service.js';
import { parseOrgId } from '../storage/object-keys.js';
import type { ListedMultipartUpload, ObjectStore } from '../storage/object-store.js';
import { makeUploadStore } from './upload.store.js';

/** Longer than a copy in parts takes, and than it takes to write down what was just begun at storage. */
const minAgeMs = 24 * 3600 * 1000;

export interface AbortStraysDeps {
  db: Db;
  objects: ObjectStore;
  accounts: Pick<Accounts, 'hasOrganization'>;
}

/**
 * Aborts what storage still takes parts for and nobody will complete: a process died between telling storage of it
 * and writing that down, or in the middle of a copy. What is a day old and belongs to no open upload is such a one,
 * but for what names no organization of this database: that may be another installation's in the same bucket.
 */
export function makeAbortStrays({ db, objects, accounts }: AbortStraysDeps) {
  const store = makeUploadStore(db);

  async function isStray({ key }: ListedMultipartUpload): Promise<boolean> {
    const orgId = parseOrgId(key);
    if (orgId === undefined || !(await accounts.hasOrganization(orgId))) return false;
    return !(await store.isAwaited(key));
  }

  return async function abortStrays(now: Date): Promise<void> {
    for await (const upload of objects.listMultipartUploads('')) {
      if (now.getTime() - upload.begunAt.getTime() < minAgeMs) continue;
      if (await isStray(upload)) await objects.abortMultipart(upload);
    }
  };
}
