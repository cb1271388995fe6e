import type { Permission } from '../../../client/generated/schema.js';

/** What each lets somebody do, in the order in which they are told. */
export const permissionWords: readonly {
  readonly id: Permission;
  readonly name: string;
  readonly text: string;
}[] = [
  { id: 'ASSETS_READ', name: 'Read', text: 'See and download the files, and who has a role here.' },
  { id: 'ASSETS_CREATE', name: 'Add', text: 'Upload files and make folders.' },
  {
    id: 'ASSETS_UPDATE',
    name: 'Change',
    text: 'Rename, describe, move and replace files; rename and move folders.',
  },
  {
    id: 'ASSETS_DELETE',
    name: 'Delete',
    text: 'Delete files and folders, restore them, and delete for good.',
  },
];

/** "Read, add and change"; "Nothing" for a role that keeps people out. */
export function toPermissionNames(permissions: readonly Permission[]): string {
  const names = permissionWords
    .filter(({ id }) => permissions.includes(id))
    .map(({ name }) => name.toLowerCase());
  const last = names.pop();
  if (last === undefined) return 'Nothing: keeps people out';
  const text = names.length === 0 ? last : `${names.join(', ')} and ${last}`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}
