import type { Db, Transact } from '../../core/db.js';
import { badInput, notFound, permissionDenied } from '../../core/errors.js';
import { assertKey, hashInput, type Repeatable } from '../../core/idempotency.js';
import { toActor, type Viewer } from '../../core/viewer.js';
import type { Agents } from '../accounts/agent.service.js';
import type { Audit } from '../accounts/audit.service.js';
import { holdLiveAsset } from '../assets/asset-bytes.js';
import type { Folders } from '../spaces/folder.service.js';
import { parseDeclaredFile, type FileInput } from './declared-file.js';
import { assertMayUpload, findSpaceId } from './direct-permission.js';
import { noExecution, parseExecution, type ExecutionInput } from './execution.js';
import { undefinedWhenTooLate } from './destination.js';
import { uploadEnded, type Upload } from './upload.js';
import type { NewUpload, Uploads } from './upload.service.js';

export interface BeginUploadInput {
  file: FileInput;
  /** By default where the asset is that is replaced, or the organization's Default. */
  spaceId?: string | null | undefined;
  folderId?: string | null | undefined;
  /** Of media that an agent's execution generated. */
  execution?: ExecutionInput | null | undefined;
  /** Whose bytes are replaced; its id, its URN, its folder and what generated it stay. */
  replaceAssetId?: string | null | undefined;
  /** The same key of the same creator with the same input is the same upload, unless that has ended without a file. */
  idempotencyKey?: string | null | undefined;
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

export interface BegunUpload {
  readonly upload: Upload;
  /** It was begun before, under the same key. */
  readonly isRepeated: boolean;
}

/** What a begin says of the upload; the rest is the viewer's, or nobody's. */
type DirectUpload = Omit<
  NewUpload,
  'promptId' | 'memoryId' | 'userId' | 'spaceId' | 'cipher' | 'createdBy' | 'sessionId' | 'latestEnd'
> & { spaceId: string };

/** An upload in parts may be extended for so long. */
const longestSeconds = 24 * 3600;

/** A file for a space, from whoever may add files there. */
export function makeBeginUpload(deps: BeginUploadDeps) {
  const { db, transact, agents, folders, uploads, audit, maxSizeBytes } = deps;

  /**
   * Throws NOT_FOUND (space, folder, asset or agent), PERMISSION_DENIED, BAD_USER_INPUT, FILE_TOO_LARGE,
   * QUOTA_EXCEEDED, IDEMPOTENCY_CONFLICT. See `NewUpload.isStreamed`.
   */
  return async function beginUpload(
    viewer: Viewer,
    input: BeginUploadInput,
    { isStreamed = false }: { isStreamed?: boolean } = {},
  ): Promise<BegunUpload> {
    const { folderId = null, execution, replaceAssetId: replacesAssetId = null } = input;
    const spaceId = input.spaceId ?? (await findSpaceId(db, viewer, { replacesAssetId }));
    await assertMayUpload(db, viewer, { spaceId, replacesAssetId });
    const file = parseDeclaredFile(input.file, { maxSizeBytes, allowedMimeTypes: null });
    if (replacesAssetId !== null) assertNothingElse(input);
    const generated = execution == null ? noExecution : parseExecution(execution);
    const agentUrn = await findAgentUrn(viewer, execution?.agentUrn ?? null);
    const repeatable = toRepeatable(input, isStreamed);
    const place = { ...generated, orgId: viewer.orgId, spaceId, folderId, replacesAssetId, agentUrn };
    return (
      (await findRepeated(viewer, repeatable)) ??
      (await begin(viewer, { ...place, file, isStreamed, repeatable })) ??
      // The same was begun in this very moment, and is committed by now.
      (await findRepeated(viewer, repeatable)) ??
      Promise.reject(uploadEnded())
    );
  };

  async function findRepeated(
    viewer: Viewer,
    repeatable: Repeatable | null,
  ): Promise<BegunUpload | undefined> {
    const upload = repeatable === null ? undefined : await uploads.findRepeated(viewer, repeatable);
    return upload && { upload, isRepeated: true };
  }

  /** undefined when the viewer has begun one under the same key meanwhile. */
  async function begin(viewer: Viewer, given: DirectUpload): Promise<BegunUpload | undefined> {
    const { spaceId, folderId, replacesAssetId } = given;
    return transact(async (tx) => {
      if (folderId !== null && !(await folders.lockForChild(tx, spaceId, folderId))) {
        throw notFound('The folder');
      }
      // What is purged takes its uploads with it: none may come after that.
      if (replacesAssetId !== null && !(await holdLiveAsset(tx, replacesAssetId)))
        throw notFound('The asset');
      const upload = await uploads.open(tx, {
        ...given,
        promptId: null,
        memoryId: null,
        userId: null,
        cipher: null,
        createdBy: toActor(viewer),
        sessionId: viewer.sessionId,
        latestEnd: new Date(Date.now() + longestSeconds * 1000),
      });
      const { id, sizeBytes } = upload;
      await audit.record(tx, viewer, 'beginUpload', id, { spaceId, folderId, replacesAssetId, sizeBytes });
      return { upload, isRepeated: false };
    }).catch(undefinedWhenTooLate);
  }

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
function toRepeatable(input: BeginUploadInput, isStreamed: boolean): Repeatable | null {
  const { idempotencyKey: key, file, spaceId, folderId, execution, replaceAssetId } = input;
  assertKey('idempotencyKey', key);
  if (key == null) return null;
  const { filename, mimeType, sizeBytes, sha256, description } = file;
  const { executionId, agentUrn, provider, metadata } = execution ?? {};
  const asked = [
    ...[filename, mimeType, sizeBytes, sha256, description],
    ...[spaceId, folderId, replaceAssetId],
    ...[executionId, agentUrn, provider, metadata],
    // Nobody is to put bytes where they are coming in already.
    ...(isStreamed ? ['streamed'] : []),
  ];
  return { key, inputHash: hashInput(asked.map((value) => value ?? null)) };
}

/** Throws BAD_USER_INPUT. */
function assertNothingElse({ folderId, execution }: BeginUploadInput): void {
  if (folderId != null) throw badInput('folderId', 'A file that is replaced stays in its folder.');
  if (execution != null) throw badInput('execution', 'A file that is replaced keeps what generated it.');
}
