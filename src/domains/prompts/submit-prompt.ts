import type { Transact } from '../../core/db.js';
import { AppError } from '../../core/errors.js';
import type { Channels } from '../../core/events.js';
import { assertUser, toActor, type Viewer } from '../../core/viewer.js';
import type { Audit } from '../accounts/audit.service.js';
import type { Upload } from '../uploads/upload.js';
import type { Uploads } from '../uploads/upload.service.js';
import type { MemoryCipher } from '../vault/memory-cipher.js';
import type { MemoryCiphers } from '../vault/memory-ciphers.js';
import type { VerifiedFiles } from '../uploads/verified-files.js';
import { inCounts, inFiles } from './file-counts.js';
import { isOpen, isOwnAnswer, wasHeld, type UploadPrompt } from './prompt.js';
import { makePromptAssetStore } from './prompt-asset.store.js';
import { announce } from './prompt-channels.js';
import { refusalOf } from './prompt-refusals.js';
import { makePromptStore } from './prompt.store.js';

export interface SubmitPromptDeps {
  transact: Transact;
  channels: Channels;
  audit: Audit;
  uploads: Uploads;
  verifiedFiles: VerifiedFiles;
  ciphers: MemoryCiphers;
  /** Reads it for this viewer and sees to its deadline; throws NOT_FOUND. */
  getPrompt: (viewer: Viewer, id: string) => Promise<UploadPrompt>;
}

/** How a person hands over several files at once. */
export function makeSubmitPrompt({
  transact,
  channels,
  audit,
  uploads,
  verifiedFiles,
  ciphers,
  getPrompt,
}: SubmitPromptDeps) {
  /**
   * Answers a prompt for several files with those that its session has completed: all become assets, or none does.
   * Repeating it in the same session returns the same. Throws UPLOAD_IN_PROGRESS (one is not complete yet, or
   * another session holds the prompt), BAD_USER_INPUT (too few files), MEMORY_LOCKED and PROMPT_ALREADY_RESOLVED.
   */
  return async function submitPromptUploads(viewer: Viewer, promptId: string): Promise<UploadPrompt> {
    assertUser(viewer);
    const { id, memoryId, status } = await getPrompt(viewer, promptId);
    const hold = { sessionId: viewer.sessionId };
    const resolution = { by: toActor(viewer), ...hold };
    const submit = (cipher: MemoryCipher | null) =>
      transact(async (tx) => {
        const prompts = makePromptStore(tx.db);
        const prompt = await prompts.lock(id);
        if (prompt?.status !== 'UPLOADING' || prompt.holderSessionId !== viewer.sessionId) return undefined;
        await ciphers.hold(tx, memoryId, cipher);
        // Nothing of it changes while the prompt's row is held.
        const files = await uploads.listAlive(tx, id);
        const answered = await prompts.complete(id, hold, resolution);
        if (answered === undefined) return undefined;
        // Thrown after the change, so that a deadline that is over goes before what was missing.
        assertSubmittable(prompt, files);
        const assets = await verifiedFiles.makeAssets(tx, files, cipher);
        const assetIds = assets.map((asset) => asset.id);
        await makePromptAssetStore(tx.db).insert(id, assetIds);
        await audit.record(tx, viewer, 'submitPromptUploads', id, { assetIds });
        announce(tx, channels, answered);
        return answered;
      });
    // Repeating what was submitted takes no password.
    const submitted = status === 'UPLOADING' ? await ciphers.withCipher(viewer, memoryId, submit) : undefined;
    if (submitted !== undefined) return submitted;
    const now = await getPrompt(viewer, id);
    if (isOwnAnswer(now, viewer) && wasHeld(now)) return now;
    throw refusalToSubmit(now);
  };
}

function assertSubmittable(prompt: UploadPrompt, files: readonly Upload[]): void {
  const open = files.filter(({ status }) => status === 'OPEN').length;
  if (open > 0) {
    throw new AppError(
      'UPLOAD_IN_PROGRESS',
      `${inFiles(open)} of this request ${open === 1 ? 'is' : 'are'} still being uploaded. Wait, or abort them.`,
      { extensions: { promptId: prompt.id, open } },
    );
  }
  if (files.length < prompt.minFiles || files.length > prompt.maxFiles)
    throw wrongCount(prompt, files.length);
}

function wrongCount(prompt: UploadPrompt, completed: number): AppError {
  const { minFiles, maxFiles } = prompt;
  const message = `This request takes ${inCounts(prompt)}; ${completed} ${completed === 1 ? 'is' : 'are'} complete.`;
  return new AppError('BAD_USER_INPUT', message, {
    extensions: { field: 'promptId', minFiles, maxFiles, completed },
  });
}

function refusalToSubmit(prompt: UploadPrompt): AppError {
  if (!isOpen(prompt)) return refusalOf(prompt);
  if (prompt.maxFiles === 1) {
    return new AppError('BAD_USER_INPUT', 'This request takes one file: completing its upload answers it.', {
      extensions: { field: 'promptId', minFiles: 1, maxFiles: 1 },
    });
  }
  return prompt.status === 'PENDING' ? wrongCount(prompt, 0) : refusalOf(prompt);
}
