import type { Db, Transact } from '../../core/db.js';
import { newId } from '../../core/ids.js';
import type { Log } from '../../core/log.js';
import type { JobPayloads, Queue } from '../../core/queue.js';
import { whileRenewing } from '../../core/while-renewing.js';
import { toStem } from '../storage/object-keys.js';
import { toFinalKey } from './final-key.js';
import { isInParts } from './part-plan.js';
import type { Upload } from './upload.js';
import { makeUploadStore } from './upload.store.js';

/** One try at turning an upload into an asset, under an id and a key that no other try uses. */
export interface CompletionClaim {
  readonly upload: Upload;
  readonly assetId: string;
  readonly key: string;
}

export interface CompletionClaimsDeps {
  db: Db;
  transact: Transact;
  queue: Queue;
  log: Log;
}

/** A claim that is not renewed for this long was its process's last sign; another call may try. */
const claimSeconds = 10;
const renewalMs = 3000;
/** Nothing can become an asset this long after its claim, and a large file a little later for each of these bytes. */
const minCopyLifetimeSeconds = 900;
const verifiedBytesPerSecond = 2 ** 20;

/** Of all calls that complete an upload, at most one at a time copies and verifies. */
export function makeCompletionClaims({ db, transact, queue, log }: CompletionClaimsDeps) {
  const store = makeUploadStore(db);

  return {
    /** undefined while another call has it. */
    async take(upload: Upload): Promise<CompletionClaim | undefined> {
      const assetId = newId();
      const claim = { upload, assetId, key: toFinalKey(upload, assetId) };
      return transact(async (tx) => {
        if (!(await makeUploadStore(tx.db).claim(upload.id, assetId, claimSeconds))) return undefined;
        // Should this process die, its copy is deleted when the claim can no longer become an asset.
        const delaySeconds = toCopyLifetimeSeconds(upload);
        await queue.enqueue(tx, 'discard-object', toCopied(claim), { delaySeconds });
        return claim;
      });
    },

    /** Keeps it for as long as the work takes, but not until its copy is deleted. */
    async holdDuring<T>({ upload, assetId }: CompletionClaim, work: () => Promise<T>): Promise<T> {
      // Well before its copy is deleted by the job above, so that no asset is made of what will be gone.
      const renewUntil = Date.now() + (toCopyLifetimeSeconds(upload) - 6 * claimSeconds) * 1000;
      const renew = async () => {
        if (Date.now() <= renewUntil) await store.renewClaim(upload.id, assetId, claimSeconds);
      };
      const onFault = (error: unknown) => log.warn({ error }, 'a completion could not renew its claim');
      return whileRenewing({ everyMs: renewalMs, renew, onFault }, work);
    },

    /** Another call may try at once. */
    async release({ upload, assetId }: CompletionClaim): Promise<void> {
      await store.releaseClaim(upload.id, assetId);
    },

    /** Its copy has become nothing, and never will. */
    async discardCopy(claim: CompletionClaim): Promise<void> {
      await transact((tx) => queue.enqueue(tx, 'discard-object', toCopied(claim)));
    },
  };
}

/** What there may be of its copy: told by the stem of its key, which holds nothing that a memory seals. */
function toCopied({ upload, key }: CompletionClaim): JobPayloads['discard-object'] {
  return { key: toStem(key), inParts: isInParts(upload) };
}

function toCopyLifetimeSeconds({ sizeBytes }: Upload): number {
  return minCopyLifetimeSeconds + Math.ceil(sizeBytes / verifiedBytesPerSecond);
}
