import type { Transact } from '../../core/db.js';
import type { Channels } from '../../core/events.js';
import { assertUser, type Viewer } from '../../core/viewer.js';
import type { Audit } from '../accounts/audit.service.js';
import { TooLateError, undefinedWhenTooLate, type Destination } from '../uploads/destination.js';
import { parseDeclaredFile, type FileInput } from '../uploads/declared-file.js';
import { promptIdOf, uploadEnded, type Upload } from '../uploads/upload.js';
import type { MemoryCipher } from '../vault/memory-cipher.js';
import type { MemoryCiphers } from '../vault/memory-ciphers.js';
import { openUpload } from '../uploads/sealed-upload.js';
import type { Uploads } from '../uploads/upload.service.js';
import { AppError } from '../../core/errors.js';
import { makeHoldPrompt } from './hold-prompt.js';
import { holdOf, isOpen, type UploadPrompt } from './prompt.js';
import { makePromptAssetStore } from './prompt-asset.store.js';
import { announce } from './prompt-channels.js';
import { refusalOf } from './prompt-refusals.js';
import { recordTimeOut } from './record-time-out.js';
import { makePromptStore } from './prompt.store.js';

export interface AnswerPromptDeps {
  transact: Transact;
  channels: Channels;
  audit: Audit;
  uploads: Uploads;
  ciphers: MemoryCiphers;
  /** Reads it for this viewer and sees to its deadline; throws NOT_FOUND. */
  getPrompt: (viewer: Viewer, id: string) => Promise<UploadPrompt>;
  /** The same for our own work. */
  getPromptById: (id: string) => Promise<UploadPrompt>;
}

/** How a person answers with a file, or with each of several. */
export function makeAnswerPrompt({
  transact,
  channels,
  audit,
  uploads,
  ciphers,
  getPrompt,
  getPromptById,
}: AnswerPromptDeps) {
  const holding = makeHoldPrompt({ uploads });

  return {
    /**
     * Begins an upload that will answer the prompt. The session's own earlier one gives way when the prompt takes one
     * file; another session's only with `takeOver`, otherwise UPLOAD_IN_PROGRESS. Throws as `parseDeclaredFile`,
     * QUOTA_EXCEEDED, BAD_USER_INPUT (no more files), MEMORY_LOCKED and PROMPT_ALREADY_RESOLVED.
     */
    async beginPromptUpload(
      viewer: Viewer,
      promptId: string,
      file: FileInput,
      takeOver: boolean,
    ): Promise<Upload> {
      assertUser(viewer);
      const seen = await getPrompt(viewer, promptId);
      if (!isOpen(seen)) throw refusalOf(seen);
      const declared = parseDeclaredFile(file, seen);
      const begin = (cipher: MemoryCipher | null) =>
        transact(async (tx) => {
          const prompts = makePromptStore(tx.db);
          const prompt = await prompts.lock(promptId);
          if (prompt === undefined || !isOpen(prompt)) return undefined;
          await ciphers.hold(tx, prompt.memoryId, cipher);
          await holding.makeWay(tx, prompt, viewer, takeOver);
          const upload = await uploads.open(tx, {
            orgId: prompt.orgId,
            promptId,
            memoryId: prompt.memoryId,
            userId: prompt.userId,
            spaceId: null,
            folderId: null,
            replacesAssetId: null,
            agentUrn: prompt.agentUrn,
            executionId: null,
            provider: null,
            metadata: {},
            file: declared,
            cipher,
            createdBy: { kind: viewer.kind, id: viewer.id },
            sessionId: viewer.sessionId,
            latestEnd: prompt.hardExpiresAt,
          });
          const hold = prompt.maxFiles === 1 ? { uploadId: upload.id } : { sessionId: viewer.sessionId };
          const held = await prompts.begin(promptId, hold, holdOf(prompt));
          if (held === undefined) throw new TooLateError();
          const { sizeBytes } = upload;
          await audit.record(tx, viewer, 'beginPromptUpload', upload.id, { promptId, sizeBytes });
          announce(tx, channels, held);
          return openUpload(cipher, upload);
        });
      const begun = await ciphers.withCipher(viewer, seen.memoryId, begin).catch(undefinedWhenTooLate);
      if (begun !== undefined) return begun;
      const now = await getPrompt(viewer, promptId);
      // Held by an upload that may still finish, though none may begin any more.
      throw isOpen(now) ? tooLateToBegin() : refusalOf(now);
    },

    /** Shown to the person, on some device; repeating it changes nothing. */
    async markUploadPromptSeen(viewer: Viewer, promptId: string): Promise<UploadPrompt> {
      assertUser(viewer);
      const { id } = await getPrompt(viewer, promptId);
      const marked = await transact(async (tx) => {
        const prompt = await makePromptStore(tx.db).markSeen(id);
        if (prompt === undefined) return undefined;
        await audit.record(tx, viewer, 'markUploadPromptSeen', id, {});
        announce(tx, channels, prompt);
        return prompt;
      });
      return marked ?? getPrompt(viewer, promptId);
    },

    /** What `uploads` asks and tells. */
    destination: {
      async assertWaiting(upload, creator) {
        const prompt = await getPromptById(promptIdOf(upload));
        const isWaiting = isHeldFor(prompt, upload);
        if (!isOpen(prompt)) throw refusalOf(prompt);
        if (prompt.status === 'UPLOADING' && !isWaiting) throw await holding.refusalFor(creator, prompt);
        if (!isWaiting || upload.status !== 'OPEN') throw uploadEnded();
      },

      async accept(tx, upload, assetId) {
        const promptId = promptIdOf(upload);
        const { sessionId } = upload;
        const prompts = makePromptStore(tx.db);
        const resolution = { by: upload.createdBy, sessionId };
        const answered = await prompts.complete(promptId, { uploadId: upload.id }, resolution);
        if (answered !== undefined) await makePromptAssetStore(tx.db).insert(promptId, [assetId]);
        const changed = answered ?? (await prompts.add(promptId, { sessionId }));
        if (changed === undefined) throw new TooLateError();
        announce(tx, channels, changed);
        return answered === undefined ? { as: 'WAITS' } : { as: 'ASSET', folderId: null };
      },

      async abandon(tx, upload) {
        const changed = await holding.letGo(tx, upload);
        if (changed === undefined) return;
        if (changed.status === 'TIMEOUT') await recordTimeOut(tx, audit, changed);
        announce(tx, channels, changed);
      },
    } satisfies Destination,
  };
}

function isHeldFor(prompt: UploadPrompt, upload: Upload): boolean {
  const hold = holdOf(prompt);
  if (hold === null) return false;
  return 'uploadId' in hold ? hold.uploadId === upload.id : hold.sessionId === upload.sessionId;
}

function tooLateToBegin(): AppError {
  return new AppError('UPLOAD_IN_PROGRESS', 'The time to begin another upload for this request is over.');
}
