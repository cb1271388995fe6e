import type { Db, Tx } from '../../core/db.js';
import { makeCounterStore } from './counter.store.js';
import type { Counters } from './usage.js';

export type UsageCounters = ReturnType<typeof makeUsageCounters>;

/** A check that has not come to its end after this long is begun anew, by whoever is next. */
const leaseSeconds = 600;

/** The counters themselves, for whoever compares them with what they count. */
export function makeUsageCounters({ db }: { db: Db }) {
  const store = makeCounterStore(db);

  return {
    /** Ids of organizations, in their order, those after `afterOrgId`. */
    listOrgIds: (afterOrgId: string, limit: number) => store.listOrgIds(afterOrgId, limit),

    /** Those that were not checked for a day; nobody else gets them for ten minutes. */
    claimDue: (limit: number) => store.claimDue(limit, leaseSeconds),

    /** Not to be checked again for a day. */
    noteChecked: (orgId: string) => store.noteChecked(orgId),

    /** Nothing that is counted changes until the transaction ends: to be held for a moment only. May give up. */
    lock: (tx: Tx, orgId: string) => makeCounterStore(tx.db).lock(orgId),

    read: (tx: Tx, orgId: string): Promise<Counters> => makeCounterStore(tx.db).read(orgId),

    write: (tx: Tx, orgId: string, counters: Counters) => makeCounterStore(tx.db).write(orgId, counters),
  };
}
