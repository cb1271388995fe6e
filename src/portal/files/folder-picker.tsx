import { useQueries } from '@tanstack/react-query';
import { ChevronRight, Folder, HardDrive } from 'lucide-react';
import { useState } from 'react';
import { Button, Collection, Tree, TreeItem, TreeItemContent, type Key } from 'react-aria-components';
import { usePortal } from '../shell/portal-context.js';
import { rootId, toFolderNode, type FolderNode } from './folder-tree.js';
import { spacePlaceQuery } from './use-space-place.js';

export interface FolderPickerProps {
  readonly spaceId: string;
  /** Those that can't be chosen, nor anything beneath them. */
  readonly disabledIds: readonly string[];
  /** A folder's id, or `rootId`. */
  readonly chosen: string;
  readonly onChoose: (id: string, name: string) => void;
}

/** The folders of a space, each read when it is unfolded. */
export function FolderPicker({ spaceId, disabledIds, chosen, onChoose }: FolderPickerProps) {
  const { client } = usePortal();
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set([rootId]));
  const ids = [...new Set([...expanded, chosen])];
  const places = useQueries({
    queries: ids.map((id) => spacePlaceQuery(client, spaceId, id === rootId ? undefined : id)),
  });
  const byId = new Map(ids.map((id, index) => [id, places[index]?.data]));
  const space = byId.get(rootId)?.space;
  const tree = toFolderNode(
    { id: rootId, name: space?.name ?? 'The space' },
    expanded,
    (id) => byId.get(id)?.folders,
  );

  const choose = (id: Key | undefined) => {
    const node = id === undefined ? undefined : find(tree, String(id));
    if (node !== undefined) onChoose(node.id, node.name);
  };
  return (
    <Tree
      aria-label="Folders"
      className="folder-tree"
      items={[tree]}
      selectionMode="single"
      selectionBehavior="replace"
      disallowEmptySelection
      selectedKeys={[chosen]}
      onSelectionChange={(keys) => choose(keys === 'all' ? undefined : [...keys][0])}
      disabledKeys={disabledIds}
      expandedKeys={expanded}
      onExpandedChange={(keys) => setExpanded(new Set([...keys].map(String)))}
    >
      {toItem}
    </Tree>
  );
}

function toItem(node: FolderNode) {
  const Icon = node.id === rootId ? HardDrive : Folder;
  return (
    <TreeItem id={node.id} textValue={node.name} hasChildItems={node.mayHaveChildren} className="folder-item">
      <TreeItemContent>
        {({ hasChildItems }) => (
          <>
            {hasChildItems ? (
              <Button slot="chevron" className="folder-chevron">
                <ChevronRight aria-hidden size={16} />
              </Button>
            ) : (
              <span className="folder-chevron" />
            )}
            <Icon aria-hidden size={18} className="icon-folder" />
            <span className="folder-name">{node.name}</span>
          </>
        )}
      </TreeItemContent>
      <Collection items={node.children}>{toItem}</Collection>
    </TreeItem>
  );
}

function find(node: FolderNode, id: string): FolderNode | undefined {
  if (node.id === id) return node;
  for (const child of node.children) {
    const found = find(child, id);
    if (found !== undefined) return found;
  }
  return undefined;
}
