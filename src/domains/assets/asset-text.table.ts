import { sql } from 'drizzle-orm';
import { boolean, customType, index, pgTable, text } from 'drizzle-orm/pg-core';
import { assets } from './asset.table.js';

const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' });

/** What is written in an asset. Apart from its row, which is read far more often. */
export const assetTexts = pgTable(
  'asset_texts',
  {
    assetId: text('asset_id')
      .primaryKey()
      .references(() => assets.id, { onDelete: 'cascade' }),
    orgId: text('org_id').notNull(),
    /** The asset's, which never change; one of them is null. */
    spaceId: text('space_id'),
    memoryId: text('memory_id'),
    text: text('text').notNull(),
    /** Whether there was more of it than is kept. */
    isCut: boolean('is_cut').notNull(),
    words: tsvector('words').notNull(),
  },
  (table) => [
    // The space is among its keys (btree_gin), or a word of other spaces would cost as much as one of this.
    index('asset_texts_by_words')
      .using('gin', table.spaceId, table.words)
      .where(sql`${table.spaceId} is not null`),
    index('asset_texts_of_memory_by_words')
      .using('gin', table.memoryId, table.words)
      .where(sql`${table.memoryId} is not null`),
  ],
);
