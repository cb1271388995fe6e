/** One line of the table: what was measured, each value of it, and how. */
export interface Measurement {
  readonly name: string;
  readonly unit: string;
  /** In the order of measuring; at least one. */
  readonly values: readonly number[];
  readonly how: string;
}

/** The smallest value that at least `share` (0 to 1) of them don't exceed. Throws where there is none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error('Nothing was measured.');
  return value;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}
