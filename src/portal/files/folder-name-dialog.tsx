import { usePortal } from '../shell/portal-context.js';
import type { Folder } from './entry.js';
import { makeFileCache } from './file-cache.js';
import { CreateFolder } from './generated/documents.js';
import { NameDialog } from './name-dialog.js';

export interface FolderNameDialogProps {
  readonly spaceId: string;
  /** Without one, in the space's root. */
  readonly parentId: string | undefined;
  readonly onCreated?: (folder: Folder) => void;
  readonly onClose: () => void;
}

/** Makes a folder. */
export function FolderNameDialog({ spaceId, parentId, onCreated, onClose }: FolderNameDialogProps) {
  const { client, queries } = usePortal();
  const create = async (name: string) => {
    const variables = { spaceId, parentId: parentId ?? null, name };
    const { createFolder } = await client.mutate(CreateFolder, variables);
    await makeFileCache(queries).refreshFolders();
    onCreated?.(createFolder);
  };
  return <NameDialog title="New folder" label="Name" button="Create" onSave={create} onClose={onClose} />;
}
