import type { Tx } from '../../core/db.js';
import { newId } from '../../core/ids.js';
import { toActor, type Viewer } from '../../core/viewer.js';
import { makeAuditStore } from './audit.store.js';

export type Audit = ReturnType<typeof makeAudit>;

/** Who decided what, for the organization's admins. */
export function makeAudit() {
  return {
    /**
     * In the transaction of the act itself: neither is ever without the other. `action` is the operation's name in
     * the schema, `subject` the id or URN of what was acted on. `details` are shown to admins: never a secret.
     */
    async record(
      tx: Tx,
      viewer: Viewer,
      action: string,
      subject: string,
      details: Record<string, unknown>,
    ): Promise<void> {
      const { orgId } = viewer;
      await makeAuditStore(tx.db).insert({
        id: newId(),
        orgId,
        actor: toActor(viewer),
        action,
        subject,
        details,
      });
    },
  };
}
