import { index, integer, pgEnum, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { instant } from '../../core/columns.table.js';
import { assetEventKinds } from './asset.js';

export const assetEventKind = pgEnum('asset_event_kind', assetEventKinds);

/** The number of a memory's last event. Its row is locked by who adds one, so numbers commit in their order. */
export const assetFeeds = pgTable('asset_feeds', {
  ownerId: text('owner_id').primaryKey(),
  lastVersion: integer('last_version').notNull(),
});

/** What happened to a memory's assets, numbered without a gap; kept for as long as a follower may lag behind. */
export const assetEvents = pgTable(
  'asset_events',
  {
    ownerId: text('owner_id').notNull(),
    version: integer('version').notNull(),
    kind: assetEventKind('kind').notNull(),
    assetId: text('asset_id').notNull(),
    at: instant('at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.ownerId, table.version] }),
    index('asset_events_by_age').on(table.at),
  ],
);
