/** A part of the bar that shows the storage. */
export interface Share {
  readonly id: 'kept' | 'trash' | 'reserved' | 'free';
  readonly bytes: number;
  /** Of the bar's whole length, 0 to 1. */
  readonly fraction: number;
}

export interface Usage {
  readonly quotaBytes: number | null;
  readonly usedBytes: number;
  readonly reservedBytes: number;
  readonly trashedBytes: number;
}

/** What counts against the quota. */
export const toCounted = ({ usedBytes, reservedBytes }: Usage) => usedBytes + reservedBytes;

/** What is used, from one end of the bar to the other; nothing is free where there is no quota or it is passed. */
export function toShares(usage: Usage): Share[] {
  const { quotaBytes, usedBytes, reservedBytes, trashedBytes } = usage;
  const counted = toCounted(usage);
  const whole = Math.max(quotaBytes ?? 0, counted, 1);
  const parts = [
    ['kept', usedBytes - trashedBytes],
    ['trash', trashedBytes],
    ['reserved', reservedBytes],
    ['free', quotaBytes === null ? 0 : Math.max(quotaBytes - counted, 0)],
  ] as const;
  return parts.map(([id, bytes]) => ({ id, bytes, fraction: bytes / whole }));
}

export interface Counted {
  readonly name: string;
  readonly usedBytes: number;
  readonly assetCount: number;
}

/** The largest, and all others as one. */
export function toLargest(rows: readonly Counted[], count: number): Counted[] {
  const sorted = [...rows].sort((a, b) => b.usedBytes - a.usedBytes || (a.name < b.name ? -1 : 1));
  if (sorted.length <= count) return sorted;
  const others = sorted.slice(count - 1);
  const sumOf = (of: 'usedBytes' | 'assetCount') => others.reduce((sum, row) => sum + row[of], 0);
  const rest = {
    name: `${others.length} others`,
    usedBytes: sumOf('usedBytes'),
    assetCount: sumOf('assetCount'),
  };
  return [...sorted.slice(0, count - 1), rest];
}
