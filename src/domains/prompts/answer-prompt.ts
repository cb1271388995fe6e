import type { Transact } from '../../core/db.js';
import type { Channels } from '../../core/events.js';
import { assertUser, type Viewer } from '../../core/viewer.js';
import { TooLateError, type Destination } from '../uploads/destination.js';
import { parseDeclaredFile, type FileInput } from '../uploads/declared-file.js';
import type { Upload } from '../uploads/upload.js';
import type { Uploads } from '../uploads/upload.service.js';
import { AppError } from '../../core/errors.js';
import { isOpen, type UploadPrompt } from './prompt.js';
import { announce } from './prompt-channels.js';
import { refusalOf } from './prompt-refusals.js';
import { makePromptStore } from './prompt.store.js';

export interface AnswerPromptDeps {
  transact: Transact;
  channels: Channels;
  uploads: Uploads;
  /** Reads it for this viewer and sees to its deadline; throws NOT_FOUND. */
  getPrompt: (viewer: Viewer, id: string) => Promise<UploadPrompt>;
  /** The same for our own work. */
  getPromptById: (id: string) => Promise<UploadPrompt>;
}

/** How a person answers with a file. */
export function makeAnswerPrompt({
  transact,
  channels,
  uploads,
  getPrompt,
  getPromptById,
}: AnswerPromptDeps) {
  return {
    /**
     * Begins the upload that will answer the prompt. The session's own earlier upload gives way; another session's
     * only with `takeOver`, otherwise UPLOAD_IN_PROGRESS. Throws as `parseDeclaredFile`, QUOTA_EXCEEDED, and
     * PROMPT_ALREADY_RESOLVED.
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
      const begun = await transact(async (tx) => {
        const prompts = makePromptStore(tx.db);
        const prompt = await prompts.lock(promptId);
        if (prompt === undefined || !isOpen(prompt)) return undefined;
        const heldBy = prompt.status === 'UPLOADING' ? prompt.uploadId : null;
        if (heldBy !== null) {
          const holder = await uploads.end(tx, heldBy, 'ABORTED');
          // Thrown, so that the other session's upload lives on.
          if (holder !== undefined && holder.sessionId !== viewer.sessionId && !takeOver)
            throw refusalOf(prompt);
        }
        const upload = await uploads.open(tx, {
          orgId: prompt.orgId,
          promptId,
          memoryId: prompt.memoryId,
          agentUrn: prompt.agentUrn,
          userId: prompt.userId,
          file: declared,
          createdBy: { kind: viewer.kind, id: viewer.id },
          sessionId: viewer.sessionId,
          latestEnd: prompt.hardExpiresAt,
        });
        const held = await prompts.begin(promptId, upload.id, heldBy);
        if (held === undefined) throw new TooLateError();
        announce(tx, channels, held);
        return upload;
      }).catch(undefinedWhenTooLate);
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
        if (prompt !== undefined) announce(tx, channels, prompt);
        return prompt;
      });
      return marked ?? getPrompt(viewer, promptId);
    },

    /** What `uploads` asks and tells. */
    destination: {
      async assertWaiting(upload) {
        const prompt = await getPromptById(upload.promptId);
        if (!isOpen(prompt) || isHeldByOther(prompt, upload)) throw refusalOf(prompt);
        if (prompt.uploadId !== upload.id) throw uploadEnded();
      },

      async accept(tx, upload) {
        const resolution = { by: upload.createdBy, sessionId: upload.sessionId };
        const answered = await makePromptStore(tx.db).complete(upload.promptId, upload.id, resolution);
        if (answered === undefined) throw new TooLateError();
        announce(tx, channels, answered);
      },

      async abandon(tx, upload) {
        const prompts = makePromptStore(tx.db);
        const changed =
          (await prompts.giveBack(upload.promptId, upload.id)) ??
          (await prompts.giveUp(upload.promptId, upload.id));
        if (changed !== undefined) announce(tx, channels, changed);
      },
    } satisfies Destination,
  };
}

function isHeldByOther(prompt: UploadPrompt, upload: Upload): boolean {
  return prompt.status === 'UPLOADING' && prompt.uploadId !== upload.id;
}

function undefinedWhenTooLate(error: unknown): undefined {
  if (!(error instanceof TooLateError)) throw error;
  return undefined;
}

function tooLateToBegin(): AppError {
  return new AppError('UPLOAD_IN_PROGRESS', 'The time to begin another upload for this request is over.');
}

function uploadEnded(): AppError {
  return new AppError('UPLOAD_NOT_FOUND', 'This upload has ended without a file. Choose the file again.');
}
