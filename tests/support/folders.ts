import { newId } from '../../src/core/ids.js';
import { AppError } from '../../src/core/errors.js';
import type { Channels } from '../../src/core/events.js';
import { makeAssetEvents } from '../../src/domains/assets/asset-events.js';
import { makeTrashFolders } from '../../src/domains/assets/trash-folders.js';
import { makeAudit } from '../../src/domains/accounts/audit.service.js';
import { makeQuotas } from '../../src/domains/quotas/quota.service.js';
import { makeFolders } from '../../src/domains/spaces/folder.service.js';
import { makeSpaceAccess } from '../../src/domains/spaces/space-access.js';
import { makeSpaces } from '../../src/domains/spaces/space.service.js';
import type { Step } from './folder-model.js';
import { makePeople, userViewer } from './people.js';
import type { TestDatabase } from './postgres.js';

/** Nobody listens. */
const silence: Channels = {
  open: () => Promise.resolve(() => undefined),
  publish: () => undefined,
  onReconnect: () => () => undefined,
  close: () => Promise.resolve(),
};

/** The folders of an organization's spaces on one database, put together as the application does. */
export async function openFolders(database: TestDatabase) {
  const { db, transact } = database;
  const audit = makeAudit();
  const access = makeSpaceAccess({ db });
  const quotas = makeQuotas({ db, transact, audit, spaceAccess: access });
  const { accounts } = makePeople(database, { onOrganizationCreated: (tx, id) => quotas.create(tx, id) });
  const orgId = await accounts.admit({ externalOrgId: 'acme', kind: 'USER', id: 'ada', name: null });
  const viewer = userViewer(orgId, 'ADMIN', 'ada');
  const spaces = makeSpaces({ transact, audit, access });
  const events = makeAssetEvents({ channels: silence });
  const contents = makeTrashFolders({ quotas, events, trashHours: 24 });
  const folders = makeFolders({ db, transact, audit, access, contents });
  const sizeBytes = 7;

  /** As whoever moves an asset does, of whose bytes nothing is looked at here. */
  async function addFile(spaceId: string, folderId: string): Promise<string> {
    const id = newId();
    await transact(async (tx) => {
      if (!(await folders.lockForChild(tx, spaceId, folderId))) throw new AppError('NOT_FOUND', 'gone');
      await tx.executeSql(
        `insert into assets (id, org_id, space_id, folder_id, filename, mime_type, size_bytes, type, storage_key, etag,
           uploaded_by_kind, uploaded_by_id)
         values ($1, $2, $3, $4, 'f', 'text/plain', $5, 'OTHER', $1, '', 'USER', 'ada')`,
        [id, orgId, spaceId, folderId, sizeBytes],
      );
      await tx.executeSql('update storage_usage set used_bytes = used_bytes + $2 where org_id = $1', [
        orgId,
        sizeBytes,
      ]);
    });
    return id;
  }

  function perform(spaceId: string, step: Step): Promise<string> {
    if (step.kind === 'add file') return addFile(spaceId, step.id);
    if (step.kind === 'delete') return folders.deleteFolder(viewer, step.id, step);
    const changed =
      step.kind === 'create'
        ? folders.createFolder(viewer, { spaceId, parentId: step.parentId, name: step.name })
        : step.kind === 'rename'
          ? folders.renameFolder(viewer, step.id, step.name)
          : folders.moveFolder(viewer, step.id, step.parentId);
    return changed.then(({ id }) => id);
  }

  return {
    orgId,
    viewer,
    folders,
    createSpace: async () => (await spaces.createSpace(viewer, { name: newId() })).id,

    /** The id of what was changed or made, or the code of the refusal; throws what is neither. */
    async attempt(spaceId: string, step: Step): Promise<{ id: string } | { code: string }> {
      try {
        return { id: await perform(spaceId, step) };
      } catch (error) {
        if (error instanceof AppError) return { code: error.code };
        throw error;
      }
    },
  };
}
