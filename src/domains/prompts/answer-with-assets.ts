import type { Transact } from '../../core/db.js';
import { AppError, badInput, notFound } from '../../core/errors.js';
import type { Channels } from '../../core/events.js';
import { isId } from '../../core/ids.js';
import { isMimeTypeAllowed } from '../../core/mime.js';
import { assertUser, toActor, type Viewer } from '../../core/viewer.js';
import type { Audit } from '../accounts/audit.service.js';
import type { Asset } from '../assets/asset.js';
import type { Assets } from '../assets/asset.service.js';
import type { Uploads } from '../uploads/upload.service.js';
import type { MemoryCiphers } from '../vault/memory-ciphers.js';
import { inCounts } from './file-counts.js';
import { makeHoldPrompt } from './hold-prompt.js';
import { isOwnAnswer, type UploadPrompt } from './prompt.js';
import { makePromptAssetStore } from './prompt-asset.store.js';
import { announce } from './prompt-channels.js';
import { makePromptStore } from './prompt.store.js';

export interface AnswerWithAssetsDeps {
  transact: Transact;
  channels: Channels;
  audit: Audit;
  assets: Assets;
  uploads: Uploads;
  ciphers: MemoryCiphers;
  /** Reads it for this viewer and sees to its deadline; throws NOT_FOUND. */
  getPrompt: (viewer: Viewer, id: string) => Promise<UploadPrompt>;
  /** The ids of its answer's assets, in order. */
  listAnswer: (promptId: string) => Promise<string[]>;
}

/** How a person answers with what the agent's memory of them already holds. */
export function makeAnswerWithAssets({
  transact,
  channels,
  audit,
  assets,
  uploads,
  ciphers,
  getPrompt,
  listAnswer,
}: AnswerWithAssetsDeps) {
  const { refusalFor } = makeHoldPrompt({ uploads });

  /**
   * Answers with these assets themselves, in this order; nothing is copied. Repeating it in the same session returns
   * the same. Throws BAD_USER_INPUT (`assetIds`: their number, or one twice), NOT_FOUND (one that is not of that
   * memory), MIME_TYPE_NOT_ALLOWED, FILE_TOO_LARGE, SCAN_BLOCKED, UPLOAD_IN_PROGRESS, MEMORY_LOCKED,
   * PROMPT_ALREADY_RESOLVED.
   */
  return async function answerWithAssets(
    viewer: Viewer,
    promptId: string,
    assetIds: readonly string[],
  ): Promise<UploadPrompt> {
    assertUser(viewer);
    const prompt = await getPrompt(viewer, promptId);
    if (prompt.status === 'PENDING') {
      assertCount(prompt, assetIds);
      await ciphers.assertUnlocked(viewer, prompt.memoryId);
      // Before the transaction: an asset that is deleted in between was handed over first and deleted then.
      assertFits(prompt, assetIds, await assets.listByIds(prompt.orgId, assetIds.filter(isId)));
      const resolution = { by: toActor(viewer), sessionId: viewer.sessionId };
      const answered = await transact(async (tx) => {
        const changed = await makePromptStore(tx.db).answer(prompt.id, resolution);
        if (changed === undefined) return undefined;
        await makePromptAssetStore(tx.db).insert(prompt.id, assetIds);
        await audit.record(tx, viewer, 'answerWithAssets', prompt.id, { assetIds });
        announce(tx, channels, changed);
        return changed;
      });
      if (answered !== undefined) return answered;
    }
    const now = await getPrompt(viewer, promptId);
    if (isOwnAnswer(now, viewer) && isSame(await listAnswer(now.id), assetIds)) return now;
    throw await refusalFor(viewer, now);
  };
}

function assertCount(prompt: UploadPrompt, assetIds: readonly string[]): void {
  const { minFiles, maxFiles } = prompt;
  if (assetIds.length < minFiles || assetIds.length > maxFiles) {
    const message = `This request takes ${inCounts(prompt)}, not ${assetIds.length}.`;
    throw new AppError('BAD_USER_INPUT', message, {
      extensions: { field: 'assetIds', minFiles, maxFiles },
    });
  }
  if (new Set(assetIds).size < assetIds.length) throw badInput('assetIds', 'Give each file once.');
}

/** The same answer for an asset that does not exist and for one of another memory. */
function assertFits(prompt: UploadPrompt, assetIds: readonly string[], found: readonly Asset[]): void {
  const inMemory = found.filter(
    ({ memoryId, deletedAt }) => memoryId === prompt.memoryId && deletedAt === null,
  );
  for (const id of assetIds) {
    const asset = inMemory.find((one) => one.id === id);
    if (asset === undefined) throw notFound('The asset');
    assertAllowed(prompt, asset);
  }
}

function assertAllowed({ allowedMimeTypes, maxSizeBytes }: UploadPrompt, asset: Asset): void {
  const field = 'assetIds';
  const assetId = asset.id;
  if (asset.scanStatus === 'BLOCKED') {
    throw new AppError('SCAN_BLOCKED', 'The file failed virus scanning and cannot be handed over.', {
      extensions: { field, assetId },
    });
  }
  if (!isMimeTypeAllowed(asset.mimeType, allowedMimeTypes)) {
    throw new AppError('MIME_TYPE_NOT_ALLOWED', `Files of type ${asset.mimeType} are not accepted here.`, {
      extensions: { field, assetId, allowedMimeTypes },
    });
  }
  if (asset.sizeBytes > maxSizeBytes) {
    throw new AppError(
      'FILE_TOO_LARGE',
      `The file has ${asset.sizeBytes} bytes; ${maxSizeBytes} are accepted.`,
      { extensions: { field, assetId, maxSizeBytes } },
    );
  }
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((id, position) => id === b[position]);
}
