import type { SpaceOfViewer } from '../spaces/space-access.js';

/** An organization's counters, in bytes. */
export interface StorageUsage {
  readonly orgId: string;
  /** null: no limit. */
  readonly quotaBytes: number | null;
  readonly usedBytes: number;
  /** Declared by uploads that are still open, and counted against the quota until they end. */
  readonly reservedBytes: number;
  /** Part of usedBytes: soft-deleted and not yet swept. */
  readonly trashedBytes: number;
}

/** What of usedBytes one space holds, or, where `space` is null, all memories together. */
export interface SpaceUsage {
  readonly space: SpaceOfViewer | null;
  readonly usedBytes: number;
  readonly assetCount: number;
}

/** The same by the space's id, as it is counted. */
export interface CountedSpace extends Omit<SpaceUsage, 'space'> {
  readonly spaceId: string | null;
}

/** Everything that is counted of an organization. */
export interface Counters extends Pick<StorageUsage, 'usedBytes' | 'reservedBytes' | 'trashedBytes'> {
  /** In any order; what holds nothing may be missing. */
  readonly bySpace: readonly CountedSpace[];
}

/** A counter that says something else than what it counts. */
export interface Difference {
  readonly counter: 'usedBytes' | 'reservedBytes' | 'trashedBytes' | 'assetCount';
  /** Of a space's counter; null: of the memories'. Missing: of the organization's. */
  readonly spaceId?: string | null;
  readonly counted: number;
  /** The sum over what is stored, or, of reservedBytes, over what is on its way. */
  readonly stored: number;
}

/** Where the counters differ from the sums. */
export function compareCounters(counted: Counters, stored: Counters): Difference[] {
  const totals = (['usedBytes', 'reservedBytes', 'trashedBytes'] as const).map((counter) => ({
    counter,
    counted: counted[counter],
    stored: stored[counter],
  }));
  const spaceIds = new Set([...counted.bySpace, ...stored.bySpace].map(({ spaceId }) => spaceId));
  const bySpace = [...spaceIds].flatMap((spaceId) =>
    (['usedBytes', 'assetCount'] as const).map((counter) => ({
      counter,
      spaceId,
      counted: findSpace(counted, spaceId)[counter],
      stored: findSpace(stored, spaceId)[counter],
    })),
  );
  return [...totals, ...bySpace].filter((one) => one.counted !== one.stored);
}

function findSpace({ bySpace }: Counters, spaceId: string | null): CountedSpace {
  return bySpace.find((one) => one.spaceId === spaceId) ?? { spaceId, usedBytes: 0, assetCount: 0 };
}
