import { FolderPlus } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useSearchParams } from 'wouter';
import { Button } from '../ui/button.js';
import { UploadArea } from '../uploads/upload-area.js';
import { UploadButton } from '../uploads/upload-button.js';
import { canMove } from './acts.js';
import { FileBrowser } from './file-browser.js';
import { FolderCrumbs } from './folder-crumbs.js';
import { FolderNameDialog } from './folder-name-dialog.js';
import { Failure } from './not-there.js';
import type { Place } from './place.js';
import { ListSkeleton } from './list-skeleton.js';
import { useFileActions } from './use-file-actions.js';
import { useSpacePlace } from './use-space-place.js';

/** A folder of a space, or its root: the way to it, what is in it, and what can be done there. */
export function SpacePage({ spaceId }: { spaceId: string }) {
  const [params] = useSearchParams();
  const folderId = params.get('folder') ?? undefined;
  const place = useMemo<Place>(() => ({ kind: 'space', spaceId, folderId }), [spaceId, folderId]);
  const { data, error, refetch } = useSpacePlace(spaceId, folderId);
  const may = useMemo(() => new Set(data?.space.viewerPermissions), [data]);
  const [isNaming, setIsNaming] = useState(false);
  const { move } = useFileActions(place);

  if (error) return <Failure error={error} onAgain={() => void refetch()} />;
  if (data === undefined) return <ListSkeleton />;
  const { space, crumbs, folders } = data;
  const name = crumbs.at(-1)?.name ?? space.name;
  const uploadTo = { spaceId, folderId, name };
  return (
    <>
      <FolderCrumbs
        place={data}
        onMove={canMove(place, may) ? (entries, target) => void move(entries, target) : undefined}
      />
      <div className="browse-head">
        <h1 className="page-title browse-title">{name}</h1>
        {may.has('ASSETS_CREATE') && (
          <div className="actions">
            <Button icon={FolderPlus} onPress={() => setIsNaming(true)}>
              New folder
            </Button>
            <UploadButton {...uploadTo} />
          </div>
        )}
      </div>
      {/* Nothing that was chosen in one folder is meant in the next. */}
      <UploadArea {...uploadTo} mayUpload={may.has('ASSETS_CREATE')}>
        <FileBrowser key={folderId ?? 'root'} place={place} folders={folders} may={may} />
      </UploadArea>
      {isNaming && (
        <FolderNameDialog spaceId={spaceId} parentId={folderId} onClose={() => setIsNaming(false)} />
      )}
    </>
  );
}
