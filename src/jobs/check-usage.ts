import { forEachAnyway } from '../core/each.js';
import type { Transact, Tx } from '../core/db.js';
import type { Log } from '../core/log.js';
import { serviceActor } from '../domains/accounts/audit.js';
import type { Audit } from '../domains/accounts/audit.service.js';
import type { Assets } from '../domains/assets/asset.service.js';
import { compareCounters, type Counters, type Difference } from '../domains/quotas/usage.js';
import type { UsageCounters } from '../domains/quotas/usage-counters.js';
import type { Uploads } from '../domains/uploads/upload.service.js';

/** An organization whose counters are wrong, and how. */
export interface UsageFinding {
  readonly orgId: string;
  readonly differences: readonly Difference[];
}

export interface CheckUsageDeps {
  transact: Transact;
  counters: UsageCounters;
  assets: Assets;
  uploads: Uploads;
  audit: Audit;
  log: Log;
}

const orgsAtOnce = 100;

/**
 * Compares what is counted with what is there, and puts the counters right. The first look holds nobody up: counters
 * and sums are of one moment, and every change of either commits with the other. Only what differs then is summed
 * again with the counters locked, so that no counter that is right is ever changed, and none twice.
 */
export function makeCheckUsage({ transact, counters, assets, uploads, audit, log }: CheckUsageDeps) {
  async function compare(tx: Tx, orgId: string): Promise<{ stored: Counters; differences: Difference[] }> {
    const counted = await counters.read(tx, orgId);
    const bySpace = await assets.sumStored(tx, orgId);
    const sumOf = (of: 'usedBytes' | 'trashedBytes') => bySpace.reduce((sum, space) => sum + space[of], 0);
    const stored = {
      usedBytes: sumOf('usedBytes'),
      reservedBytes: await uploads.sumReserved(tx, orgId),
      trashedBytes: sumOf('trashedBytes'),
      bySpace: bySpace.map(({ trashedBytes: _, ...space }) => space),
    };
    return { stored, differences: compareCounters(counted, stored) };
  }

  const look = (orgId: string) =>
    transact(async (tx) => {
      await tx.executeSql('set transaction isolation level repeatable read, read only');
      return (await compare(tx, orgId)).differences;
    });

  const repair = (orgId: string) =>
    transact(async (tx) => {
      await counters.lock(tx, orgId);
      const { stored, differences } = await compare(tx, orgId);
      if (differences.length === 0) return differences;
      await counters.write(tx, orgId, stored);
      await audit.record(tx, { orgId, ...serviceActor }, 'repairUsage', orgId, { differences });
      return differences;
    });

  async function check(orgId: string, apply: boolean): Promise<readonly Difference[]> {
    const differences = await look(orgId);
    return apply && differences.length > 0 ? repair(orgId) : differences;
  }

  return {
    /**
     * Every organization, each finding as it is made; puts right what it finds when told to. One that cannot be
     * checked, as while somebody holds its counters, holds up no other: what was wrong is thrown in the end.
     */
    async *checkUsage({ apply }: { apply: boolean }): AsyncGenerator<UsageFinding, void, undefined> {
      const failures: Error[] = [];
      let orgIds = await counters.listOrgIds('', orgsAtOnce);
      for (let last = orgIds.at(-1); last !== undefined; last = orgIds.at(-1)) {
        for (const orgId of orgIds) {
          try {
            const differences = await check(orgId, apply);
            if (differences.length > 0) yield { orgId, differences };
          } catch (cause) {
            failures.push(new Error(`Not checked, try again: organization ${orgId}`, { cause }));
          }
        }
        orgIds = await counters.listOrgIds(last, orgsAtOnce);
      }
      if (failures.length > 0) {
        throw new AggregateError(failures, failures.map(({ message }) => message).join('\n'));
      }
    },

    /** For the sweep: puts right those that are due, each once a day whichever process does it. */
    async checkDueUsage(): Promise<void> {
      await forEachAnyway(await counters.claimDue(orgsAtOnce), async (orgId) => {
        const differences = await check(orgId, true);
        if (differences.length > 0) log.warn({ orgId, differences }, 'counters of storage were put right');
        await counters.noteChecked(orgId);
      });
    },
  };
}
