import { toSize } from '../../words/size.js';
import { toCounted, toShares, type Share, type Usage } from './shares.js';

const names: Readonly<Record<Share['id'], string>> = {
  kept: 'Files',
  trash: 'In the trash',
  reserved: 'On the way',
  free: 'Free',
};

/** How full the storage is. The words beside it say all that the picture does. */
export function UsageBar({ usage }: { usage: Usage }) {
  const { quotaBytes } = usage;
  const counted = toCounted(usage);
  const shares = toShares(usage);
  const isOver = quotaBytes !== null && counted > quotaBytes;
  return (
    <div className="usage">
      <p className="usage-sum">
        <strong>{toSize(counted)}</strong>{' '}
        {quotaBytes === null ? 'used, without a limit' : `of ${toSize(quotaBytes)} used`}
        {quotaBytes !== null && quotaBytes > 0 && (
          <span className={isOver ? 'badge badge-bad' : 'badge'}>{toPercent(counted / quotaBytes)}</span>
        )}
      </p>
      <div className="usage-bar" aria-hidden>
        {shares
          .filter(({ bytes }) => bytes > 0)
          .map(({ id, fraction }) => (
            <span key={id} className={`usage-part usage-${id}`} style={{ flexGrow: fraction }} />
          ))}
      </div>
      <dl className="usage-legend">
        {shares
          .filter(({ id }) => id !== 'free' || quotaBytes !== null)
          .map(({ id, bytes }) => (
            <div key={id}>
              <dt>
                <span aria-hidden className={`usage-dot usage-${id}`} />
                {names[id]}
              </dt>
              <dd>{toSize(bytes)}</dd>
            </div>
          ))}
      </dl>
      {isOver && (
        <p className="banner banner-warning">
          <span>
            <strong>Nothing more fits.</strong> Raise the quota, or delete files and empty the trash.
          </span>
        </p>
      )}
    </div>
  );
}

function toPercent(fraction: number): string {
  const percent = Math.round(fraction * 100);
  return percent === 0 && fraction > 0 ? '< 1%' : `${percent}%`;
}
