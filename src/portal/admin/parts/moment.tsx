import { usePortal } from '../../shell/portal-context.js';
import { toAgo, toMoment } from '../words/when.js';

/** How long ago, and when exactly. */
export function Moment({ at }: { at: string }) {
  const { now } = usePortal();
  return (
    <time dateTime={at} className="moment">
      <span>{toAgo(at, now())}</span> <span className="moment-exact">{toMoment(at)}</span>
    </time>
  );
}
