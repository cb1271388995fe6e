import { toTable } from '../table.js';
import type { CorpusFinding, CorpusOutcome, FollowedAsset } from './follow.js';

export interface CorpusResult extends Omit<FollowedAsset, 'mimeType'> {
  readonly path: string;
  readonly type: string;
  readonly seconds: number;
}

const outcomes: readonly CorpusOutcome[] = ['DONE', 'FAILED', 'NONE', 'BLOCKED', 'REFUSED', 'STUCK', 'ERROR'];

const findings: Readonly<Record<string, (found: CorpusFinding) => boolean>> = {
  text: ({ text }) => text !== null,
  size: ({ width }) => width !== null,
  length: ({ durationSeconds }) => durationSeconds !== null,
  thumbnail: ({ hasThumbnail }) => hasThumbnail,
};

/** A line for each type: how many of each outcome, and in how many each thing was found. Then one for each reason with how often it was given. */
export function toReport(results: readonly CorpusResult[]): string {
  const types = [...new Set(results.map(({ type }) => type))].sort();
  const rows = types.map((type) => {
    const ofType = results.filter((result) => result.type === type);
    const counts = outcomes.map((outcome) => ofType.filter((result) => result.outcome === outcome).length);
    const found = Object.values(findings).map(
      (has) => ofType.filter((result) => result.found !== undefined && has(result.found)).length,
    );
    const slowest = Math.max(...ofType.map(({ seconds }) => seconds));
    const cells = [...counts, ...found].map((count) => (count === 0 ? '.' : String(count)));
    return [type, ...cells, slowest.toFixed(1)];
  });
  const reasons = new Map<string, number>();
  for (const { outcome, reason } of results) {
    if (reason === null) continue;
    const line = `${outcome} ${reason}`;
    reasons.set(line, (reasons.get(line) ?? 0) + 1);
  }
  const lines = [...reasons].sort((a, b) => b[1] - a[1]).map(([line, count]) => [String(count), line]);
  return [toTable([['type', ...outcomes, ...Object.keys(findings), 'slowest, s'], ...rows]), toTable(lines)]
    .filter(Boolean)
    .join('\n\n');
}

/** One file's line. */
export function describeResult({ outcome, path, reason, found, seconds }: CorpusResult): string {
  const { text = null, width = null, height = null, durationSeconds = null, hasThumbnail } = found ?? {};
  const parts = [
    reason,
    text === null ? null : `${text.length} characters`,
    width === null ? null : `${width} × ${height}`,
    durationSeconds === null ? null : `${durationSeconds.toFixed(1)} s long`,
    hasThumbnail === true ? 'thumbnail' : null,
  ];
  const details = parts.filter((part) => part !== null).join(', ');
  return `${outcome.padEnd(8)} ${seconds.toFixed(1).padStart(5)} s  ${path}  ${details}`.trimEnd();
}

/** Whether nothing crashed and nothing is stuck. */
export function isSound(results: readonly CorpusResult[]): boolean {
  return results.every(({ outcome }) => outcome !== 'STUCK' && outcome !== 'ERROR');
}
