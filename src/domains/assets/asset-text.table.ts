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
    text: text('text').notNull(),
    /** Whether there was more of it than is kept. */
    isCut: boolean('is_cut').notNull(),
    words: tsvector('words').notNull(),
  },
  (table) => [index('asset_texts_by_words').using('gin', table.words)],
);
