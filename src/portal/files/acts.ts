import type { Entry } from './entry.js';
import type { Permission } from '../../client/generated/schema.js';
import type { Place } from './place.js';

export type EntryAct = 'open' | 'download' | 'rename' | 'move' | 'copy-urn' | 'remove';

/** What the person may do where the file or folder is. */
export type May = ReadonlySet<Permission>;

/** What is offered for a file or folder: nothing that would be refused. */
export function toActs(entry: Entry, place: Place, may: May): EntryAct[] {
  const isFile = entry.kind === 'file';
  const acts: readonly [EntryAct, boolean][] = [
    ['open', isFile],
    ['download', isFile && canDownload(entry, may)],
    ['rename', may.has('ASSETS_UPDATE')],
    ['move', canMove(place, may)],
    ['copy-urn', isFile],
    ['remove', may.has('ASSETS_DELETE')],
  ];
  return acts.flatMap(([act, isOffered]) => (isOffered ? [act] : []));
}

export function canDownload(entry: Entry, may: May): boolean {
  return entry.kind === 'file' && entry.file.scanStatus === 'CLEAN' && may.has('ASSETS_READ');
}

/** A memory has no folders. */
export function canMove(place: Place, may: May): boolean {
  return place.kind === 'space' && may.has('ASSETS_UPDATE');
}
