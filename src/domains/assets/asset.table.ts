import { sql } from 'drizzle-orm';
import { check, index, integer, jsonb, pgEnum, pgTable, text, type AnyPgColumn } from 'drizzle-orm/pg-core';
import { byteCount, byteOrderedText, instant } from '../../core/columns.table.js';
import { actorKind } from '../accounts/account.table.js';
import { memories } from '../memories/memory.table.js';
import { folders } from '../spaces/folder.table.js';
import { spaces } from '../spaces/space.table.js';
import { isLive, memoryNameKey, nameKey, placeOf, searchText } from './asset-columns.table.js';
import { assetTypes, scanStatuses } from './asset.js';

export const assetType = pgEnum('asset_type', assetTypes);
export const scanStatus = pgEnum('scan_status', scanStatuses);

export const assets = pgTable(
  'assets',
  {
    id: text('id').primaryKey(),
    orgId: text('org_id').notNull(),
    memoryId: text('memory_id').references(() => memories.id),
    /** The memory's agent and person, repeated so that a list is one index. In a space the agent is who generated it. */
    agentUrn: text('agent_urn'),
    userId: text('user_id'),
    spaceId: text('space_id').references(() => spaces.id),
    folderId: text('folder_id').references(() => folders.id, { onDelete: 'set null' }),
    executionId: text('execution_id'),
    provider: text('provider'),
    metadata: jsonb('metadata').$type<Record<string, unknown>>().notNull().default({}),
    filename: text('filename').notNull(),
    mimeType: text('mime_type').notNull(),
    sizeBytes: byteCount('size_bytes').notNull(),
    sha256: text('sha256'),
    type: assetType('type').notNull(),
    scanStatus: scanStatus('scan_status').notNull().default('PENDING'),
    scanReason: text('scan_reason'),
    description: text('description'),
    storageKey: byteOrderedText('storage_key').notNull().unique(),
    /** Of the key that sealed its names; 0: hidden, and sealed soon; null: not in an encrypted memory. */
    keyVersion: integer('key_version'),
    sealedFilename: text('sealed_filename'),
    sealedDescription: text('sealed_description'),
    sealedStorageKey: text('sealed_storage_key'),
    etag: text('etag').notNull(),
    uploadedByKind: actorKind('uploaded_by_kind').notNull(),
    uploadedById: text('uploaded_by_id').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    /** When the bytes that it has now came in the place of others; null while it has its first. */
    replacedAt: instant('replaced_at'),
    updatedAt: instant('updated_at').notNull().defaultNow(),
    deletedAt: instant('deleted_at'),
    /** Set with deletedAt; the sweep takes it from then on. */
    restorableUntil: instant('restorable_until'),
    /** How often it was deleted: what was handed out before the last time stays dead when it is restored. */
    deletions: integer('deletions').notNull().default(0),
    /** Never unset: bytes and row are being deleted. */
    purgingAt: instant('purging_at'),
    bytesGoneAt: instant('bytes_gone_at'),
  },
  (table) => {
    const inTrash = sql`${table.deletedAt} is not null and ${table.purgingAt} is null`;
    return [
      check('asset_in_memory_or_space', sql`(${table.memoryId} is null) <> (${table.spaceId} is null)`),
      ...spaceIndexes(table),
      ...memoryIndexes(table),
      index('assets_of_person').on(table.orgId, table.userId, table.createdAt, table.id),
      index('assets_by_key')
        .on(table.memoryId, table.keyVersion)
        .where(sql`${table.keyVersion} is not null`),
      // Of those in spaces alone, to forget whose they were.
      index('assets_by_uploader')
        .on(table.orgId, table.uploadedById)
        .where(sql`${table.spaceId} is not null`),
      // All that is summed, to check the counters and by type, so that no row is read for it.
      index('assets_counted').on(table.orgId, table.spaceId, table.deletedAt, table.sizeBytes, table.type),
      index('assets_due_for_purge').on(table.restorableUntil).where(inTrash),
      index('assets_trashed_in_space')
        .on(table.orgId, table.spaceId, table.deletedAt, table.id)
        .where(sql`${inTrash} and ${table.spaceId} is not null`),
      index('assets_trashed_of_person')
        .on(table.orgId, table.userId, table.deletedAt, table.id)
        .where(sql`${inTrash} and ${table.userId} is not null`),
    ];
  },
);

type Columns = Record<
  | 'id'
  | 'memoryId'
  | 'spaceId'
  | 'folderId'
  | 'keyVersion'
  | 'deletedAt'
  | 'filename'
  | 'description'
  | 'sizeBytes'
  | 'type'
  | 'mimeType'
  | 'provider'
  | 'executionId'
  | 'agentUrn'
  | 'scanStatus'
  | 'createdAt',
  AnyPgColumn
>;

/**
 * What `asset-list.store.ts` walks along: everything in a space, or in one folder or root, in each order; and what it
 * gathers by, when few are what is asked for. Assets in memories are in none of them, but in those of `memoryIndexes`.
 */
function spaceIndexes(table: Columns) {
  const live = isLive(table);
  const place = placeOf(table);
  const inSpace = sql`${table.spaceId} is not null`;
  const newest = [table.createdAt, table.id] as const;
  // And what the other orders are by, so that all that fit are gathered for them from the index alone.
  const sortable = [...newest, table.filename, table.sizeBytes, table.deletedAt] as const;
  const name = nameKey(table);
  return [
    index('assets_of_space_by_age')
      .on(table.spaceId, live, ...newest)
      .where(inSpace),
    index('assets_of_space_by_name').on(table.spaceId, live, name, table.id).where(inSpace),
    index('assets_of_space_by_size').on(table.spaceId, live, table.sizeBytes, table.id).where(inSpace),
    index('assets_of_place_by_age')
      .on(place, live, ...newest)
      .where(inSpace),
    index('assets_of_place_by_name').on(place, live, name, table.id).where(inSpace),
    index('assets_of_place_by_size').on(place, live, table.sizeBytes, table.id).where(inSpace),
    index('assets_by_type')
      .on(table.spaceId, table.type, live, ...sortable)
      .where(inSpace),
    index('assets_by_mime_type')
      .on(table.spaceId, table.mimeType, live, ...sortable)
      .where(inSpace),
    index('assets_by_execution')
      .on(table.spaceId, table.executionId, live, ...newest)
      .where(sql`${inSpace} and ${table.executionId} is not null`),
    index('assets_by_provider')
      .on(table.spaceId, table.provider, live, ...sortable)
      .where(sql`${inSpace} and ${table.provider} is not null`),
    index('assets_by_agent')
      .on(table.spaceId, table.agentUrn, live, ...sortable)
      .where(sql`${inSpace} and ${table.agentUrn} is not null`),
    // All but a few are CLEAN.
    index('assets_by_scan_status')
      .on(table.spaceId, table.scanStatus, live, ...newest)
      .where(sql`${inSpace} and ${table.scanStatus} <> 'CLEAN'`),
    // The space is among its keys (btree_gin), or a word of other spaces would cost as much as one of this.
    index('assets_by_text')
      .using('gin', table.spaceId, sql`${searchText(table)} gin_trgm_ops`)
      .where(inSpace),
    // For whoever deletes a folder, and the foreign key.
    index('assets_of_folder')
      .on(table.folderId)
      .where(sql`${table.folderId} is not null`),
  ];
}

/** The same for memories, in which there are neither folders nor as many ways to tell files apart. */
function memoryIndexes(table: Columns) {
  const live = isLive(table);
  const inMemory = sql`${table.memoryId} is not null`;
  const newest = [table.createdAt, table.id] as const;
  return [
    // What is in the trash is among the others, where lists without a search want it, too.
    index('assets_of_memory')
      .on(table.memoryId, ...newest)
      .where(inMemory),
    index('assets_of_memory_by_type')
      .on(table.memoryId, table.type, ...newest)
      .where(inMemory),
    index('assets_of_memory_by_name')
      .on(table.memoryId, live, memoryNameKey(table), table.id)
      .where(inMemory),
    index('assets_of_memory_by_size').on(table.memoryId, live, table.sizeBytes, table.id).where(inMemory),
    // Nothing of what is sealed, or to be sealed, is found by words.
    index('assets_of_memory_by_text')
      .using('gin', table.memoryId, sql`${searchText(table)} gin_trgm_ops`)
      .where(sql`${inMemory} and ${table.keyVersion} is null`),
  ];
}
