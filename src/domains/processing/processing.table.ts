import { sql } from 'drizzle-orm';
import { doublePrecision, index, integer, pgEnum, pgTable, text } from 'drizzle-orm/pg-core';
import { byteOrderedText, instant } from '../../core/columns.table.js';
import { assets } from '../assets/asset.table.js';
import { processingKinds, processingStatuses } from './processing.js';

export const processingStatus = pgEnum('processing_status', processingStatuses);
export const processingKind = pgEnum('processing_kind', processingKinds);

/** One row for each asset that is or was processed; what is never processed has none. */
export const assetProcessing = pgTable(
  'asset_processing',
  {
    assetId: text('asset_id')
      .primaryKey()
      .references(() => assets.id, { onDelete: 'cascade' }),
    orgId: text('org_id').notNull(),
    kind: processingKind('kind').notNull(),
    status: processingStatus('status').notNull().default('PENDING'),
    /** Begun so far: those that a child did not survive, and the one that runs. */
    attempts: integer('attempts').notNull().default(0),
    error: text('error'),
    width: integer('width'),
    height: integer('height'),
    durationSeconds: doublePrecision('duration_seconds'),
    thumbnailKey: byteOrderedText('thumbnail_key').unique(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (table) => [
    index('asset_processing_pending')
      .on(table.kind)
      .where(sql`${table.status} = 'PENDING'`),
  ],
);
