import { toTypeNames } from '../../words/file-types.js';
import { toSize } from '../../words/size.js';
import type { LimitsFragment } from '../generated/types.js';
import { toDuration } from '../words/amounts.js';

/** The policy for who may not change it. */
export function PolicyWords({ policy }: { policy: LimitsFragment }) {
  return (
    <dl className="facts">
      <div>
        <dt>Largest file</dt>
        <dd>{toSize(policy.maxSizeBytes)}</dd>
      </div>
      <div>
        <dt>Allowed types</dt>
        <dd>{toTypeNames(policy.allowedMimeTypes)}</dd>
      </div>
      <div>
        <dt>Time to answer</dt>
        <dd>{toDuration(policy.promptTimeoutSeconds)}</dd>
      </div>
    </dl>
  );
}
