import { sql } from 'drizzle-orm';
import { index, integer, pgEnum, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { byteCount, instant } from '../../core/columns.table.js';
import { actorKind } from '../accounts/account.table.js';
import { memories } from '../memories/memory.table.js';
import { promptReasons, promptStatuses } from './prompt.js';

export const promptStatus = pgEnum('upload_prompt_status', promptStatuses);
export const promptReason = pgEnum('upload_prompt_reason', promptReasons);

export const uploadPrompts = pgTable(
  'upload_prompts',
  {
    id: text('id').primaryKey(),
    orgId: text('org_id').notNull(),
    agentUrn: text('agent_urn').notNull(),
    userId: text('user_id').notNull(),
    memoryId: text('memory_id')
      .notNull()
      .references(() => memories.id),
    version: integer('version').notNull().default(1),
    status: promptStatus('status').notNull().default('PENDING'),
    reason: promptReason('reason'),
    note: text('note'),
    conversationId: text('conversation_id'),
    prompt: text('prompt').notNull(),
    allowedMimeTypes: text('allowed_mime_types').array().notNull(),
    maxSizeBytes: byteCount('max_size_bytes').notNull(),
    minFiles: integer('min_files').notNull().default(1),
    maxFiles: integer('max_files').notNull().default(1),
    idempotencyKey: text('idempotency_key'),
    inputHash: text('input_hash').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    expiresAt: instant('expires_at').notNull(),
    hardExpiresAt: instant('hard_expires_at').notNull(),
    seenAt: instant('seen_at'),
    resolvedAt: instant('resolved_at'),
    resolvedByKind: actorKind('resolved_by_kind'),
    resolvedById: text('resolved_by_id'),
    resolvedSessionId: text('resolved_session_id'),
    uploadId: text('upload_id'),
    holderSessionId: text('holder_session_id'),
  },
  (table) => [
    uniqueIndex('upload_prompts_idempotency').on(table.orgId, table.agentUrn, table.idempotencyKey),
    index('upload_prompts_of_person').on(table.orgId, table.userId, table.createdAt, table.id),
    index('upload_prompts_of_agent').on(table.orgId, table.agentUrn, table.createdAt, table.id),
    index('upload_prompts_of_person_by_status').on(
      table.orgId,
      table.userId,
      table.status,
      table.createdAt,
      table.id,
    ),
    index('upload_prompts_of_agent_by_status').on(
      table.orgId,
      table.agentUrn,
      table.status,
      table.createdAt,
      table.id,
    ),
    index('upload_prompts_open_of_person')
      .on(table.orgId, table.userId, table.createdAt, table.id)
      .where(sql`${table.status} in ('PENDING', 'UPLOADING')`),
    index('upload_prompts_revoked')
      .on(table.orgId, table.resolvedById)
      .where(sql`${table.reason} = 'REVOKED'`),
    // The deadline that counts now, for the sweep.
    index('upload_prompts_by_deadline')
      .on(
        sql`(case when ${table.status} = 'UPLOADING' then ${table.hardExpiresAt} else ${table.expiresAt} end)`,
      )
      .where(sql`${table.status} in ('PENDING', 'UPLOADING')`),
  ],
);
