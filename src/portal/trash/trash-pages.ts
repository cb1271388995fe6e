import type { InfiniteData } from '@tanstack/react-query';
import type { TrashEventsSubscription, TrashQuery } from './generated/types.js';
import type { Trashed } from './trash-words.js';

export const trashKey = ['files', 'trash'] as const;

/** The list as far as it was read, the last deleted first. */
export type TrashPages = InfiniteData<TrashQuery['trash'], string | null>;
export type TrashEvent = TrashEventsSubscription['assetEvents'];

/** Without these files. */
export function removeTrashed(pages: TrashPages, ids: ReadonlySet<string>): TrashPages {
  return mapPages(pages, (nodes) => nodes.filter(({ id }) => !ids.has(id)));
}

/** The list after something has happened to a file of one of its places, whoever did it. */
export function changeTrash(pages: TrashPages, { kind, assetId, asset }: TrashEvent): TrashPages {
  // What is not in the trash does not say until when it can be restored.
  if (asset === null || asset.restorableUntil === null || kind === 'PURGED') {
    return removeTrashed(pages, new Set([assetId]));
  }
  const isShown = pages.pages.some(({ nodes }) => nodes.some(({ id }) => id === assetId));
  if (isShown) return mapPages(pages, (nodes) => nodes.map((node) => (node.id === assetId ? asset : node)));
  // Of older ones that were not read yet, the next page tells.
  if (kind !== 'DELETED') return pages;
  return mapPages(pages, (nodes, index) => (index === 0 ? [asset, ...nodes] : nodes));
}

function mapPages(
  pages: TrashPages,
  change: (nodes: readonly Trashed[], index: number) => readonly Trashed[],
): TrashPages {
  return {
    ...pages,
    pages: pages.pages.map((page, index) => ({ ...page, nodes: change(page.nodes, index) })),
  };
}
