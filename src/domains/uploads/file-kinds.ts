import { toCanonicalMimeType } from '../../core/mime.js';
import type { AssetType } from '../assets/asset.js';
import { fileKindTable } from './file-kind-table.js';

/** A kind of file that we know by its type, by its extensions and by what it looks like inside. */
export interface FileKind {
  /** The canonical one. */
  readonly mimeType: string;
  /** In lower case, without dot; the first is the canonical one. */
  readonly extensions: readonly string[];
  readonly type: AssetType;
  /** Kinds of one kin look alike in their first bytes. */
  readonly kin: string;
  /** Sets a kind apart within its kin; undefined: it agrees with all of its kin. */
  readonly group: string | undefined;
}

const byMimeType = new Map<string, FileKind>();
const byExtension = new Map<string, FileKind[]>();

for (const [kinAndGroup, type, mimeType, extensionList] of fileKindTable) {
  const [kin = '', group] = kinAndGroup.split('/');
  const extensions = extensionList.split(' ').filter(Boolean);
  const kind: FileKind = { mimeType, extensions, type, kin, group };
  byMimeType.set(mimeType, kind);
  for (const extension of extensions) {
    byExtension.set(extension, [...(byExtension.get(extension) ?? []), kind]);
  }
}

/** By canonical type or another name of it, normalised; undefined when we know no such kind. */
export function findKind(mimeType: string): FileKind | undefined {
  return byMimeType.get(toCanonicalMimeType(mimeType));
}

/** Every kind that a filename with this extension may be: `ts` is code, or film. Empty when it says nothing. */
export function findKindsOfExtension(extension: string): readonly FileKind[] {
  return byExtension.get(extension) ?? [];
}

/** Whether a file may be both: the same kin, and not known to be different members of it. */
export function agrees(a: FileKind, b: FileKind): boolean {
  return a.kin === b.kin && (a.group === undefined || b.group === undefined || a.group === b.group);
}

export function toAssetType(mimeType: string): AssetType {
  const kind = findKind(mimeType);
  if (kind !== undefined) return kind.type;
  if (mimeType.startsWith('image/')) return 'IMAGE';
  if (mimeType.startsWith('audio/')) return 'AUDIO';
  if (mimeType.startsWith('video/')) return 'VIDEO';
  return mimeType.startsWith('text/') ? 'DOCUMENT' : 'OTHER';
}

/** Without dot; `bin` for a type that has none we know. */
export function canonicalExtension(mimeType: string): string {
  return findKind(mimeType)?.extensions[0] ?? 'bin';
}
