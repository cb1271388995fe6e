import { and, eq, getTableColumns, isNull, sql, type SQL } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import type { Db } from '../../core/db.js';
import type { ActorRef } from '../../core/viewer.js';
import type { Hold, PromptReason, PromptStatus, UploadPrompt } from './prompt.js';
import { uploadPrompts } from './prompt.table.js';

export type PromptStore = ReturnType<typeof makePromptStore>;

export interface NewPrompt {
  id: string;
  orgId: string;
  agentUrn: string;
  userId: string;
  memoryId: string;
  conversationId: string | null;
  prompt: string;
  allowedMimeTypes: string[];
  maxSizeBytes: number;
  minFiles: number;
  maxFiles: number;
  idempotencyKey: string | null;
  inputHash: string;
}

/** Who ended it; null when time did. */
export interface Resolution {
  by: ActorRef | null;
  sessionId?: string | null;
  reason?: PromptReason | null | SQL;
  note?: string | null;
}

const p = uploadPrompts;
// The clock is read when the row's lock is held, not when the transaction began: nothing passes its deadline in a queue.
const clock = sql`clock_timestamp()`;
export const deadline = sql`(case when ${p.status} = 'UPLOADING' then ${p.hardExpiresAt} else ${p.expiresAt} end)`;
export const isOpen = sql`${p.status} in ('PENDING', 'UPLOADING')`;
export const isBeforeDeadline = sql`${clock} < ${deadline}`;
/** A prompt as it is now: whether its deadline is over is the database's to say. */
export const promptColumns = {
  ...getTableColumns(p),
  isDue: sql<boolean>`(${isOpen} and not (${isBeforeDeadline}))`,
};
const isStartable = sql`${clock} < ${p.expiresAt}`;

/** Single prompts and guarded changes: each adds one to `version`, and no row back means that another won. */
export function makePromptStore(db: Db) {
  // Prepared on first use: a store made for one transaction may never need it.
  let prepared: ReturnType<typeof prepareById> | undefined;
  const byId = () => (prepared ??= prepareById(db));

  async function change(
    id: string,
    guard: SQL,
    changes: PgUpdateSetSource<typeof p>,
  ): Promise<UploadPrompt | undefined> {
    const [row] = await db
      .update(p)
      .set({ ...changes, version: sql`${p.version} + 1` })
      .where(and(eq(p.id, id), guard))
      .returning(promptColumns);
    return row && toPrompt(row);
  }

  const resolve = (
    status: PromptStatus,
    { by, sessionId = null, reason = null, note = null }: Resolution,
  ) => ({
    status,
    reason,
    note,
    resolvedAt: clock,
    resolvedByKind: by?.kind ?? null,
    resolvedById: by?.id ?? null,
    resolvedSessionId: sessionId,
  });

  const timedOut = resolve('TIMEOUT', {
    by: null,
    reason: sql`case when ${p.status} = 'UPLOADING' then 'UPLOAD_INCOMPLETE'::upload_prompt_reason else 'NO_ANSWER' end`,
  });

  return {
    /** undefined when that agent has used the idempotency key before. */
    async insert(
      prompt: NewPrompt,
      timeoutSeconds: number,
      graceSeconds: number,
    ): Promise<UploadPrompt | undefined> {
      // One reading of the clock for all three, in whole milliseconds as the columns keep them.
      const asked = sql`date_trunc('milliseconds', now())`;
      const [row] = await db
        .insert(p)
        .values({
          ...prompt,
          createdAt: asked,
          expiresAt: sql`${asked} + make_interval(secs => ${timeoutSeconds})`,
          hardExpiresAt: sql`${asked} + make_interval(secs => ${timeoutSeconds + graceSeconds})`,
        })
        .onConflictDoNothing()
        .returning(promptColumns);
      return row && toPrompt(row);
    },

    async findById(id: string): Promise<UploadPrompt | undefined> {
      const [row] = await byId().execute({ id });
      return row && toPrompt(row);
    },

    async findByIdempotencyKey(
      orgId: string,
      agentUrn: string,
      key: string,
    ): Promise<UploadPrompt | undefined> {
      const [row] = await db
        .select(promptColumns)
        .from(p)
        .where(and(eq(p.orgId, orgId), eq(p.agentUrn, agentUrn), eq(p.idempotencyKey, key)));
      return row && toPrompt(row);
    },

    /** Holds the row until the transaction ends. */
    async lock(id: string): Promise<UploadPrompt | undefined> {
      const [row] = await db.select(promptColumns).from(p).where(eq(p.id, id)).for('no key update');
      return row && toPrompt(row);
    },

    async countOpen(orgId: string, userId: string): Promise<number> {
      return db.$count(p, and(eq(p.orgId, orgId), eq(p.userId, userId), isOpen, isBeforeDeadline));
    },

    /** PENDING, or UPLOADING with `heldBy` → UPLOADING with `hold`, before `expiresAt`. */
    begin(id: string, hold: Hold, heldBy: Hold | null): Promise<UploadPrompt | undefined> {
      const isHeld = heldBy === null ? eq(p.status, 'PENDING') : isHeldBy(heldBy);
      return change(id, sql`${isHeld} and ${isStartable}`, { status: 'UPLOADING', ...toColumns(hold) });
    },

    /** UPLOADING with this hold → PENDING, before `expiresAt`. */
    giveBack(id: string, hold: Hold): Promise<UploadPrompt | undefined> {
      return change(id, sql`${isHeldBy(hold)} and ${isStartable}`, { status: 'PENDING', ...toColumns(null) });
    },

    /** UPLOADING with this hold → TIMEOUT, from `expiresAt` on: no other upload could begin. */
    giveUp(id: string, hold: Hold): Promise<UploadPrompt | undefined> {
      return change(id, sql`${isHeldBy(hold)} and not ${isStartable}`, timedOut);
    },

    /** UPLOADING with this hold → UPLOADED, before `hardExpiresAt`. */
    complete(id: string, hold: Hold, resolution: Resolution): Promise<UploadPrompt | undefined> {
      return change(id, sql`${isHeldBy(hold)} and ${isBeforeDeadline}`, resolve('UPLOADED', resolution));
    },

    /** UPLOADING with this hold, before `hardExpiresAt`, stays so: another of its files is complete. */
    add(id: string, hold: Hold): Promise<UploadPrompt | undefined> {
      return change(id, sql`${isHeldBy(hold)} and ${isBeforeDeadline}`, {});
    },

    /** UPLOADING with this hold stays so: one of its files is gone. */
    touch(id: string, hold: Hold): Promise<UploadPrompt | undefined> {
      return change(id, isHeldBy(hold), {});
    },

    /** PENDING → UPLOADED, before `expiresAt`. */
    answer(id: string, resolution: Resolution): Promise<UploadPrompt | undefined> {
      return change(id, sql`${p.status} = 'PENDING' and ${isStartable}`, resolve('UPLOADED', resolution));
    },

    /** Open → DECLINED, before its deadline. */
    decline(id: string, resolution: Resolution): Promise<UploadPrompt | undefined> {
      return change(id, sql`${isOpen} and ${isBeforeDeadline}`, resolve('DECLINED', resolution));
    },

    /** Every open prompt of that agent → DECLINED. */
    async declineAll(orgId: string, agentUrn: string, resolution: Resolution): Promise<UploadPrompt[]> {
      const rows = await db
        .update(p)
        .set({ ...resolve('DECLINED', resolution), version: sql`${p.version} + 1` })
        .where(and(eq(p.orgId, orgId), eq(p.agentUrn, agentUrn), isOpen, isBeforeDeadline))
        .returning(promptColumns);
      return rows.map(toPrompt);
    },

    /** Open → TIMEOUT, from its deadline on. */
    timeOut(id: string): Promise<UploadPrompt | undefined> {
      return change(id, sql`${isOpen} and not (${isBeforeDeadline})`, timedOut);
    },

    markSeen(id: string): Promise<UploadPrompt | undefined> {
      return change(id, sql`${isOpen} and ${isNull(p.seenAt)}`, { seenAt: clock });
    },
  };
}

function isHeldBy(hold: Hold): SQL {
  const isSame = 'uploadId' in hold ? eq(p.uploadId, hold.uploadId) : eq(p.holderSessionId, hold.sessionId);
  return sql`${p.status} = 'UPLOADING' and ${isSame}`;
}

function toColumns(hold: Hold | null) {
  return {
    uploadId: hold !== null && 'uploadId' in hold ? hold.uploadId : null,
    holderSessionId: hold !== null && 'sessionId' in hold ? hold.sessionId : null,
  };
}

function prepareById(db: Db) {
  return db
    .select(promptColumns)
    .from(p)
    .where(eq(p.id, sql.placeholder('id')))
    .prepare('prompt_by_id');
}

export function toPrompt(row: typeof p.$inferSelect & { isDue: boolean }): UploadPrompt {
  const { resolvedByKind, resolvedById, idempotencyKey: _, ...prompt } = row;
  return {
    ...prompt,
    resolvedBy:
      resolvedByKind === null || resolvedById === null ? null : { kind: resolvedByKind, id: resolvedById },
  };
}
