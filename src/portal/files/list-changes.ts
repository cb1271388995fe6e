import type { InfiniteData } from '@tanstack/react-query';
import type { StoredFile } from './entry.js';
import type { AssetOrder } from '../../client/generated/schema.js';
import type { FileEventsSubscription, FilePageFragment } from './generated/types.js';
import type { Place } from './place.js';
import { isNarrowed, type View } from './view.js';

/** A list as far as it was read. */
export type Pages = InfiniteData<FilePageFragment, string | null>;
export type FileEvent = FileEventsSubscription['assetEvents'];

/** Without these files. */
export function removeFiles(pages: Pages, ids: ReadonlySet<string>): Pages {
  return mapNodes(pages, (nodes) => nodes.filter(({ id }) => !ids.has(id)));
}

/** With the file as it is now, where it stands. */
export function replaceFile(pages: Pages, file: StoredFile): Pages {
  return mapNodes(pages, (nodes) => nodes.map((node) => (node.id === file.id ? file : node)));
}

/**
 * The list after a change to a file of its space or memory, every other row in its place. undefined when only the
 * service can say whether the file belongs to it.
 */
export function changeFile(
  pages: Pages,
  { place, view }: { place: Place; view: View },
  { kind, assetId, asset }: FileEvent,
): Pages | undefined {
  if (asset === null || kind === 'DELETED' || kind === 'PURGED') {
    return removeFiles(pages, new Set([assetId]));
  }
  const isShown = pages.pages.some(({ nodes }) => nodes.some(({ id }) => id === assetId));
  // It may not fit the search any more; taking it from under the person's eyes would be worse.
  if (view.search !== undefined || (place.kind === 'space' && isNarrowed(view)))
    return isShown ? replaceFile(pages, asset) : undefined;
  if (!isIn(place, view, asset)) return removeFiles(pages, new Set([assetId]));
  return isShown ? replaceFile(pages, asset) : insertFile(pages, asset, view.orderBy);
}

function isIn(place: Place, view: View, file: StoredFile): boolean {
  if (place.kind === 'memory') return view.type === undefined || view.type === file.type;
  return (file.folder?.id ?? undefined) === place.folderId;
}

/** Where the order says; what comes after all that was read is read with the next page. */
function insertFile(pages: Pages, file: StoredFile, orderBy: AssetOrder): Pages {
  let isPlaced = false;
  const inserted = mapNodes(pages, (nodes) => {
    const index = isPlaced ? -1 : nodes.findIndex((node) => isBefore(file, node, orderBy));
    if (index < 0) return nodes;
    isPlaced = true;
    return [...nodes.slice(0, index), file, ...nodes.slice(index)];
  });
  const last = pages.pages.at(-1);
  if (isPlaced || last === undefined || last.pageInfo.hasNextPage) return inserted;
  return { ...pages, pages: [...pages.pages.slice(0, -1), { ...last, nodes: [...last.nodes, file] }] };
}

/** As the service orders; `id` decides between equals. */
function isBefore(a: StoredFile, b: StoredFile, orderBy: AssetOrder): boolean {
  switch (orderBy) {
    case 'NEWEST':
      return isLess([b.createdAt, b.id], [a.createdAt, a.id]);
    case 'OLDEST':
      return isLess([a.createdAt, a.id], [b.createdAt, b.id]);
    case 'NAME':
      return isLess([a.filename.toLowerCase(), a.id], [b.filename.toLowerCase(), b.id]);
    case 'LARGEST':
      return isLess([b.sizeBytes, b.id], [a.sizeBytes, a.id]);
  }
}

function isLess<T extends string | number>([a, aId]: [T, string], [b, bId]: [T, string]): boolean {
  return a < b || (a === b && aId < bId);
}

function mapNodes(pages: Pages, change: (nodes: readonly StoredFile[]) => readonly StoredFile[]): Pages {
  return { ...pages, pages: pages.pages.map((page) => ({ ...page, nodes: change(page.nodes) })) };
}
