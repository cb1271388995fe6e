import type { Tx } from '../../core/db.js';
import { serviceActor } from '../accounts/audit.js';
import type { Audit } from '../accounts/audit.service.js';
import type { UploadPrompt } from './prompt.js';

/** Nobody ended it but time: the service itself did. */
export function recordTimeOut(tx: Tx, audit: Audit, { id, orgId, reason }: UploadPrompt): Promise<void> {
  return audit.record(tx, { orgId, ...serviceActor }, 'timeOutUploadRequest', id, { reason });
}
