import { toSize } from '../../words/size.js';
import { toCount } from '../words/amounts.js';
import type { Counted } from './shares.js';

/** What takes how much, each as long as it is large. */
export function UsageList({ label, rows }: { label: string; rows: readonly Counted[] }) {
  const largest = Math.max(...rows.map(({ usedBytes }) => usedBytes), 1);
  if (rows.length === 0) return <p className="admin-empty">Nothing is stored yet.</p>;
  return (
    <ul className="usage-rows" aria-label={label}>
      {rows.map(({ name, usedBytes, assetCount }) => (
        <li key={name} className="usage-row">
          <span className="usage-name" title={name}>
            {name}
          </span>
          <span className="usage-number">
            {toSize(usedBytes)} <span className="usage-count">· {toCount(assetCount, 'file')}</span>
          </span>
          <span className="usage-track" aria-hidden>
            <span className="usage-fill" style={{ inlineSize: `${(usedBytes / largest) * 100}%` }} />
          </span>
        </li>
      ))}
    </ul>
  );
}
