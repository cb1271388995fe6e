import type { Tx } from '../../core/db.js';
import { newId } from '../../core/ids.js';
import type { AuditedBy, AuditEntry } from './audit.js';
import { makeAuditStore } from './audit.store.js';

export type Audit = ReturnType<typeof makeAudit>;

/** Puts on record who did what, for the organization's admins. They read it in `audit-log.service.ts`. */
export function makeAudit() {
  async function recordAll(
    tx: Tx,
    { orgId, kind, id: actorId }: AuditedBy,
    action: string,
    acts: readonly Pick<AuditEntry, 'subject' | 'details'>[],
  ): Promise<void> {
    if (acts.length === 0) return;
    const actor = { kind, id: actorId };
    await makeAuditStore(tx.db).insert(
      orgId,
      acts.map((act) => ({ id: newId(), actor, action, ...act })),
    );
  }

  return {
    /**
     * In the transaction of the act itself: neither is ever without the other. `action` is the operation's name in
     * the schema, `subject` the id or URN of what was acted on. `details` are shown to admins, and outlast whom they
     * tell of: ids and sizes, never a secret or what somebody wrote.
     */
    record: (tx: Tx, by: AuditedBy, action: string, subject: string, details: AuditEntry['details']) =>
      recordAll(tx, by, action, [{ subject, details }]),

    /** One entry for each of several that one act changed, with one query. */
    recordAll,
  };
}
