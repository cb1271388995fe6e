/** What a space's folders and files must be after a change, in memory: what the real ones are held against. */
export interface ModelFolder {
  readonly parentId: string | null;
  readonly name: string;
}

/** One thing that somebody does; folders by number, in the order in which they were made. */
export type Change =
  | { readonly kind: 'create'; readonly parent: number | null; readonly name: string }
  | { readonly kind: 'rename'; readonly folder: number; readonly name: string }
  | { readonly kind: 'move'; readonly folder: number; readonly parent: number | null }
  | { readonly kind: 'delete'; readonly folder: number; readonly recursive: boolean }
  | { readonly kind: 'add file'; readonly folder: number };

/** A change whose folders are known by their ids. */
export type Step =
  | { readonly kind: 'create'; readonly parentId: string | null; readonly name: string }
  | { readonly kind: 'rename'; readonly id: string; readonly name: string }
  | { readonly kind: 'move'; readonly id: string; readonly parentId: string | null }
  | { readonly kind: 'delete'; readonly id: string; readonly recursive: boolean }
  | { readonly kind: 'add file'; readonly id: string };

export function makeFolderModel() {
  const folders = new Map<string, ModelFolder>();
  /** How many live files each folder holds. */
  const files = new Map<string, number>();

  const childrenOf = (id: string) => [...folders].filter(([, { parentId }]) => parentId === id);
  const isTaken = (parentId: string | null, name: string) =>
    [...folders.values()].some((folder) => folder.parentId === parentId && folder.name === name);
  const isWithin = (id: string | null, top: string): boolean =>
    id !== null && (id === top || isWithin(folders.get(id)?.parentId ?? null, top));

  function remove(id: string): void {
    for (const [child] of childrenOf(id)) remove(child);
    folders.delete(id);
    files.delete(id);
  }

  /** The code of the refusal, or undefined where it is to succeed. */
  function refusalOf(step: Step): string | undefined {
    const named = 'id' in step ? folders.get(step.id) : undefined;
    if ('id' in step && named === undefined) return 'NOT_FOUND';
    const name = 'name' in step ? step.name.normalize('NFC') : (named?.name ?? '');
    if (step.kind === 'rename') {
      const isNew = named?.name !== name;
      return isNew && isTaken(named?.parentId ?? null, name) ? 'NAME_TAKEN' : undefined;
    }
    if (step.kind === 'delete') {
      const isEmpty = childrenOf(step.id).length === 0 && (files.get(step.id) ?? 0) === 0;
      return step.recursive || isEmpty ? undefined : 'FOLDER_NOT_EMPTY';
    }
    if (step.kind === 'add file' || (step.kind === 'move' && named?.parentId === step.parentId))
      return undefined;
    if (step.parentId !== null && !folders.has(step.parentId)) return 'NOT_FOUND';
    if (step.kind === 'move' && isWithin(step.parentId, step.id)) return 'BAD_USER_INPUT';
    return isTaken(step.parentId, name) ? 'NAME_TAKEN' : undefined;
  }

  return {
    folders,
    refusalOf,

    /** `createdId` is what the service called a new folder. */
    apply(step: Step, createdId: string): void {
      if (step.kind === 'create') {
        folders.set(createdId, { parentId: step.parentId, name: step.name.normalize('NFC') });
      } else if (step.kind === 'delete') {
        remove(step.id);
      } else if (step.kind === 'add file') {
        files.set(step.id, (files.get(step.id) ?? 0) + 1);
      } else {
        const folder = folders.get(step.id);
        if (folder === undefined) throw new Error('a change of no folder was to succeed');
        const { parentId, name } = folder;
        folders.set(
          step.id,
          step.kind === 'move'
            ? { parentId: step.parentId, name }
            : { parentId, name: step.name.normalize('NFC') },
        );
      }
    },

    pathOf(id: string): string {
      const folder = folders.get(id);
      if (folder === undefined) return '';
      return `${folder.parentId === null ? '' : this.pathOf(folder.parentId)}/${folder.name}`;
    },
  };
}
