import { sql } from 'drizzle-orm';
import { index, integer, jsonb, pgEnum, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { byteCount, instant } from '../../core/columns.table.js';
import { actorKind } from '../accounts/account.table.js';
import { memories } from '../memories/memory.table.js';
import { spaces } from '../spaces/space.table.js';
import { uploadStatuses } from './upload.js';

export const uploadStatus = pgEnum('upload_status', uploadStatuses);

export const uploads = pgTable(
  'uploads',
  {
    id: text('id').primaryKey(),
    orgId: text('org_id').notNull(),
    promptId: text('prompt_id'),
    memoryId: text('memory_id').references(() => memories.id),
    userId: text('user_id'),
    spaceId: text('space_id').references(() => spaces.id),
    /** Looked for again when it is complete: by then the folder may be gone. */
    folderId: text('folder_id'),
    replacesAssetId: text('replaces_asset_id'),
    agentUrn: text('agent_urn'),
    executionId: text('execution_id'),
    provider: text('provider'),
    metadata: jsonb('metadata').$type<Record<string, unknown>>().notNull().default({}),
    status: uploadStatus('status').notNull().default('OPEN'),
    filename: text('filename').notNull(),
    mimeType: text('mime_type').notNull(),
    sizeBytes: byteCount('size_bytes').notNull(),
    sha256: text('sha256'),
    description: text('description'),
    /** Of the key that sealed its names; 0: hidden, and sealed soon; null: not in an encrypted memory. */
    keyVersion: integer('key_version'),
    sealedFilename: text('sealed_filename'),
    sealedDescription: text('sealed_description'),
    stagingKey: text('staging_key').notNull(),
    expiresAt: instant('expires_at').notNull(),
    createdByKind: actorKind('created_by_kind').notNull(),
    createdById: text('created_by_id').notNull(),
    sessionId: text('session_id').notNull(),
    /** Of the asset that the running completion is making; of the asset made, once COMPLETED. */
    assetId: text('asset_id'),
    /** A completion is running and nobody else may start one before this. */
    completingUntil: instant('completing_until'),
    partSizeBytes: byteCount('part_size_bytes'),
    multipartId: text('multipart_id'),
    /** The lease is never extended past this; null where it is never extended: one request puts all bytes to storage. */
    latestEnd: instant('latest_end'),
    /** Its sender's, where its begin may be repeated, and the hash of what was asked for under it. */
    idempotencyKey: text('idempotency_key'),
    inputHash: text('input_hash'),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [
    index('uploads_of_memory').on(table.memoryId, table.keyVersion),
    index('uploads_of_prompt').on(table.promptId),
    index('uploads_by_lease')
      .on(table.expiresAt)
      .where(sql`${table.status} = 'OPEN'`),
    // Of direct uploads alone, to forget who began them.
    index('uploads_by_creator')
      .on(table.orgId, table.createdById)
      .where(sql`${table.promptId} is null`),
    index('uploads_by_generator')
      .on(table.orgId, table.agentUrn)
      .where(sql`${table.promptId} is null`),
    index('uploads_of_execution')
      .on(table.orgId, table.executionId)
      .where(sql`${table.executionId} is not null`),
    // What made an asset, and what replaced its bytes: to forget them with it.
    index('uploads_of_asset')
      .on(table.assetId)
      .where(sql`${table.assetId} is not null`),
    index('uploads_replacing')
      .on(table.replacesAssetId)
      .where(sql`${table.replacesAssetId} is not null`),
    index('uploads_reserving')
      .on(table.orgId, table.sizeBytes)
      .where(sql`${table.status} = 'OPEN'`),
    // What has ended without a file frees its key.
    uniqueIndex('uploads_idempotency')
      .on(table.orgId, table.createdByKind, table.createdById, table.idempotencyKey)
      .where(sql`${table.idempotencyKey} is not null and ${table.status} in ('OPEN', 'COMPLETED')`),
    index('uploads_open_at_key')
      .on(table.stagingKey)
      .where(sql`${table.status} = 'OPEN'`),
  ],
);
