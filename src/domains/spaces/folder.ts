import { toPlainName } from '../../core/text.js';
import type { ActorRef } from '../../core/viewer.js';

export interface Folder {
  readonly id: string;
  readonly orgId: string;
  /** For good: a folder is moved within its space only. */
  readonly spaceId: string;
  /** null: in the space's root. */
  readonly parentId: string | null;
  /** Unique among its siblings. */
  readonly name: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly createdBy: ActorRef;
}

/** How many folders stand below one another at most, so that every path is short and found by one query. */
export const maxFolderDepth = 1000;
/** How many stand beside one another at most: they are listed whole. */
export const maxSiblings = 10_000;

/** As much of a folder as its path is made of. */
export type FolderStep = Pick<Folder, 'id' | 'parentId' | 'name'>;

/** The path of each folder by its id, such as `/documents/contracts`. `steps` holds every folder on the way up. */
export function toFolderPaths(steps: readonly FolderStep[]): ReadonlyMap<string, string> {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const paths = new Map<string, string>();
  const pathOf = ({ id, parentId, name }: FolderStep): string => {
    const known = paths.get(id);
    if (known !== undefined) return known;
    const parent = parentId === null ? undefined : byId.get(parentId);
    const path = `${parent === undefined ? '' : pathOf(parent)}/${name}`;
    paths.set(id, path);
    return path;
  };
  steps.forEach(pathOf);
  return paths;
}

/** The ids on the way from the space's root down to the folder's parent. `steps` holds every folder on the way up. */
export function toAncestorIds(steps: ReadonlyMap<string, FolderStep>, id: string): string[] {
  const ids: string[] = [];
  for (let step = steps.get(id); step?.parentId != null; step = steps.get(step.parentId)) {
    ids.unshift(step.parentId);
  }
  return ids;
}

/** The names on the way down, the space's root being none; slashes at either end make no difference. */
export function parseFolderPath(path: string): string[] {
  return path
    .split('/')
    .map(toPlainName)
    .filter((name) => name !== '');
}
