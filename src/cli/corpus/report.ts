import { toTable } from '../table.js';
import type { CorpusOutcome } from './follow.js';

export interface CorpusResult {
  readonly path: string;
  readonly type: string;
  readonly outcome: CorpusOutcome;
  readonly reason: string | null;
  readonly seconds: number;
}

const outcomes: readonly CorpusOutcome[] = ['DONE', 'FAILED', 'NONE', 'BLOCKED', 'REFUSED', 'STUCK', 'ERROR'];

/** A line for each type, then one for each reason with how often it was given. */
export function toReport(results: readonly CorpusResult[]): string {
  const types = [...new Set(results.map(({ type }) => type))].sort();
  const rows = types.map((type) => {
    const ofType = results.filter((result) => result.type === type);
    const counts = outcomes.map((outcome) => ofType.filter((result) => result.outcome === outcome).length);
    const slowest = Math.max(...ofType.map(({ seconds }) => seconds));
    return [type, ...counts.map((count) => (count === 0 ? '.' : String(count))), slowest.toFixed(1)];
  });
  const reasons = new Map<string, number>();
  for (const { outcome, reason } of results) {
    if (reason === null) continue;
    const line = `${outcome} ${reason}`;
    reasons.set(line, (reasons.get(line) ?? 0) + 1);
  }
  const lines = [...reasons].sort((a, b) => b[1] - a[1]).map(([line, count]) => [String(count), line]);
  return [toTable([['type', ...outcomes, 'slowest, s'], ...rows]), toTable(lines)]
    .filter(Boolean)
    .join('\n\n');
}

/** Whether nothing crashed and nothing is stuck. */
export function isSound(results: readonly CorpusResult[]): boolean {
  return results.every(({ outcome }) => outcome !== 'STUCK' && outcome !== 'ERROR');
}
