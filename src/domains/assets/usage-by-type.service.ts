import type { Transact } from '../../core/db.js';
import { assertOrgAdmin, type Viewer } from '../../core/viewer.js';
import { isOutOfTime, limitTime, sumStoredByType, type TypeUsage } from './stored-sums.store.js';

export type { TypeUsage };
export type UsageByType = ReturnType<typeof makeUsageByType>;

/** The sums that check the counters, of the same index, take a tenth of a second for a million assets. */
const maxSumMs = 2_000;

export interface UsageByTypeDeps {
  transact: Transact;
  maxMs?: number;
}

/** What an organization's storage is filled with. Summed when it is asked for: no upload keeps count of it. */
export function makeUsageByType({ transact, maxMs = maxSumMs }: UsageByTypeDeps) {
  return {
    /**
     * What usedBytes consists of, the largest first; what there is none of is missing. undefined where there is so
     * much that it can't be summed in two seconds. Throws PERMISSION_DENIED.
     */
    async list(viewer: Viewer): Promise<TypeUsage[] | undefined> {
      assertOrgAdmin(viewer);
      try {
        return await transact(async (tx) => {
          await limitTime(tx, maxMs);
          return sumStoredByType(tx.db, viewer.orgId);
        });
      } catch (error) {
        if (isOutOfTime(error)) return undefined;
        throw error;
      }
    },
  };
}
