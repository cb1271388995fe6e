import { toConnection, type Connection, type Cursor, type PageArgs } from '../../core/pagination.js';
import type { ListedAsset, ListPosition } from './asset-list.store.js';
import type { Asset } from './asset.js';

/** Of one more than the page holds; `show` keeps their order. Each cursor is the place in the list. */
export async function toPage(
  found: readonly ListedAsset[],
  page: PageArgs,
  cursor: Cursor<ListPosition>,
  show: (assets: readonly Asset[]) => Promise<readonly Asset[]>,
): Promise<Connection<Asset>> {
  const positions = new Map(found.map(({ asset, position }) => [asset.id, position]));
  const shown = await show(found.map(({ asset }) => asset));
  // Every asset of the list has one.
  return toConnection(shown, page, ({ id }) => cursor.encode(positions.get(id)!));
}
