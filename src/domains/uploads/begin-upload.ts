import type { Db, Transact } from '../../core/db.js';
import { badInput, notFound, permissionDenied } from '../../core/errors.js';
import { toActor, type Viewer } from '../../core/viewer.js';
import type { Agents } from '../accounts/agent.service.js';
import type { Audit } from '../accounts/audit.service.js';
import { holdLiveAsset } from '../assets/asset-bytes.js';
import type { Folders } from '../spaces/folder.service.js';
import { makeSpaceAccess } from '../spaces/space-access.js';
import { parseDeclaredFile, type FileInput } from './declared-file.js';
import { assertMayUpload } from './direct-permission.js';
import { noExecution, parseExecution, type ExecutionInput } from './execution.js';
import type { Upload } from './upload.js';
import type { Uploads } from './upload.service.js';

export interface BeginUploadInput {
  file: FileInput;
  /** The organization's Default by default. */
  spaceId?: string | null | undefined;
  folderId?: string | null | undefined;
  /** Of media that an agent's execution generated. */
  execution?: ExecutionInput | null | undefined;
  /** Whose bytes are replaced; its id, its URN, its folder and what generated it stay. */
  replaceAssetId?: string | null | undefined;
}

export interface BeginUploadDeps {
  db: Db;
  transact: Transact;
  agents: Agents;
  folders: Folders;
  uploads: Uploads;
  audit: Audit;
  /** Of a file, of any type. */
  maxSizeBytes: number;
}

export type BeginUpload = ReturnType<typeof makeBeginUpload>;

/** An upload in parts may be extended for so long. */
const longestSeconds = 24 * 3600;

/** A file for a space, from whoever may add files there. */
export function makeBeginUpload(deps: BeginUploadDeps) {
  const { db, transact, agents, folders, uploads, audit, maxSizeBytes } = deps;

  /**
   * Throws NOT_FOUND (space, folder, asset or agent), PERMISSION_DENIED, BAD_USER_INPUT, FILE_TOO_LARGE,
   * QUOTA_EXCEEDED. See `NewUpload.isStreamed`.
   */
  return async function beginUpload(
    viewer: Viewer,
    input: BeginUploadInput,
    { isStreamed = false }: { isStreamed?: boolean } = {},
  ): Promise<Upload> {
    const { folderId = null, execution, replaceAssetId: replacesAssetId = null } = input;
    const spaceId = input.spaceId ?? (await makeSpaceAccess({ db }).getDefault(viewer)).id;
    await assertMayUpload(db, viewer, { spaceId, replacesAssetId });
    const file = parseDeclaredFile(input.file, { maxSizeBytes, allowedMimeTypes: null });
    if (replacesAssetId !== null) assertNothingElse(input);
    const agentUrn = await findAgentUrn(viewer, execution?.agentUrn ?? null);
    return transact(async (tx) => {
      if (folderId !== null && !(await folders.lockForChild(tx, spaceId, folderId))) {
        throw notFound('The folder');
      }
      // What is purged takes its uploads with it: none may come after that.
      if (replacesAssetId !== null && !(await holdLiveAsset(tx, replacesAssetId)))
        throw notFound('The asset');
      const upload = await uploads.open(tx, {
        ...(execution == null ? noExecution : parseExecution(execution)),
        orgId: viewer.orgId,
        promptId: null,
        memoryId: null,
        userId: null,
        spaceId,
        folderId,
        replacesAssetId,
        agentUrn,
        file,
        cipher: null,
        isStreamed,
        createdBy: toActor(viewer),
        sessionId: viewer.sessionId,
        latestEnd: new Date(Date.now() + longestSeconds * 1000),
      });
      const { id, sizeBytes } = upload;
      await audit.record(tx, viewer, 'beginUpload', id, { spaceId, folderId, replacesAssetId, sizeBytes });
      return upload;
    });
  };

  /** What an App stores is its agent's; whoever else may name the agent that generated it. */
  async function findAgentUrn(viewer: Viewer, agentUrn: string | null): Promise<string | null> {
    if (viewer.kind !== 'APP') {
      return agentUrn === null ? null : (await agents.getAgent(viewer.orgId, agentUrn)).urn;
    }
    if (agentUrn !== null && agentUrn !== viewer.agentUrn) {
      throw permissionDenied('An App stores what its own agent generated.');
    }
    return viewer.agentUrn;
  }
}

/** Throws BAD_USER_INPUT. */
function assertNothingElse({ folderId, execution }: BeginUploadInput): void {
  if (folderId != null) throw badInput('folderId', 'A file that is replaced stays in its folder.');
  if (execution != null) throw badInput('execution', 'A file that is replaced keeps what generated it.');
}
