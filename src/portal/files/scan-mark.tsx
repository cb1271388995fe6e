import { LoaderCircle, ShieldAlert, ShieldCheck } from 'lucide-react';
import type { StoredFile } from './entry.js';
import { scanNames } from './words.js';

/** How far a file's security check is, where it matters: what is safe needs no mark. */
export function ScanMark({ file: { scanStatus, scanReason } }: { file: StoredFile }) {
  if (scanStatus === 'CLEAN') return null;
  if (scanStatus === 'PENDING') {
    return (
      <span className="mark mark-pending">
        <LoaderCircle aria-hidden size={14} className="spin" />
        {scanNames.PENDING}
      </span>
    );
  }
  return (
    <span className="mark mark-blocked" title={scanReason ?? undefined}>
      <ShieldAlert aria-hidden size={14} />
      {scanNames.BLOCKED}
    </span>
  );
}

/** The same with its reason, in a sentence. */
export function ScanWords({ file: { scanStatus, scanReason } }: { file: StoredFile }) {
  if (scanStatus === 'CLEAN') {
    return (
      <span className="mark mark-clean">
        <ShieldCheck aria-hidden size={16} />
        Checked, and safe
      </span>
    );
  }
  if (scanStatus === 'PENDING') {
    return (
      <span className="mark mark-pending">
        <LoaderCircle aria-hidden size={16} className="spin" />
        Being checked. It can be opened as soon as it is known to be safe.
      </span>
    );
  }
  return (
    <span className="mark mark-blocked">
      <ShieldAlert aria-hidden size={16} />
      Blocked by the security check{scanReason === null ? '' : `: ${scanReason}`}. It can’t be opened.
    </span>
  );
}
