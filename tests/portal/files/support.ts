import type { StoredFile } from '../../../src/portal/files/entry.js';
import type { Pages } from '../../../src/portal/files/list-changes.js';
import { readView, type View } from '../../../src/portal/files/view.js';

/** A file as a list holds it: made a minute after the one with the number before, in the root of a space. */
export function fileOf(number: number, more: Partial<StoredFile> = {}): StoredFile {
  const createdAt = new Date(Date.UTC(2026, 10, 21, 9, number)).toISOString();
  return {
    id: `file-${number}`,
    urn: `urn:askfile:space:s:assets:file-${number}`,
    filename: `file ${number}.pdf`,
    mimeType: 'application/pdf',
    sizeBytes: 1000 + number,
    type: 'DOCUMENT',
    scanStatus: 'CLEAN',
    scanReason: null,
    description: null,
    createdAt,
    updatedAt: createdAt,
    path: `/file ${number}.pdf`,
    folder: null,
    processing: { status: 'DONE', hasThumbnail: false, durationSeconds: null },
    ...more,
  };
}

/** A list of these pages, the last of which has one after it if `hasMore`. */
export function pagesOf(pages: readonly (readonly StoredFile[])[], hasMore = false): Pages {
  return {
    pageParams: pages.map((_, index) => (index === 0 ? null : `after-${index}`)),
    pages: pages.map((nodes, index) => ({
      nodes,
      pageInfo: {
        hasNextPage: index < pages.length - 1 || hasMore,
        endCursor: nodes.at(-1)?.id ?? null,
      },
    })),
  };
}

/** As an address with these parameters says. */
export function viewOf(parameters = ''): View {
  return readView(new URLSearchParams(parameters));
}
