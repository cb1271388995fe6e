import type { Tx } from '../../core/db.js';
import { AppError } from '../../core/errors.js';
import type { UserViewer, Viewer } from '../../core/viewer.js';
import { promptIdOf, type Upload } from '../uploads/upload.js';
import type { Uploads } from '../uploads/upload.service.js';
import { inFiles } from './file-counts.js';
import type { UploadPrompt } from './prompt.js';
import { refusalOf } from './prompt-refusals.js';
import { makePromptStore } from './prompt.store.js';

/**
 * Who holds a prompt while it is UPLOADING: the one upload of a prompt for one file; of a prompt for several, the
 * session, for as long as any upload of it is under way or waits.
 */
export function makeHoldPrompt({ uploads }: { uploads: Uploads }) {
  return {
    /**
     * What must end so that this session may begin an upload ends, the prompt's row being held: its own earlier
     * upload for a prompt for one file, and with `takeOver` all of another session's; UPLOAD_IN_PROGRESS otherwise.
     * BAD_USER_INPUT when it has begun as many as the prompt takes.
     */
    async makeWay(tx: Tx, prompt: UploadPrompt, viewer: UserViewer, takeOver: boolean): Promise<void> {
      if (prompt.status !== 'UPLOADING') return;
      if (prompt.uploadId !== null) {
        const holder = await uploads.end(tx, prompt.uploadId, 'ABORTED');
        // Thrown, so that the other session's upload lives on.
        if (holder !== undefined && holder.sessionId !== viewer.sessionId && !takeOver) {
          throw refusalOf(prompt);
        }
        return;
      }
      if (prompt.holderSessionId !== viewer.sessionId) {
        if (!takeOver) throw refusalOf(prompt);
        await uploads.endAll(tx, prompt.id, 'ABORTED');
        return;
      }
      const { length: count } = await uploads.listAlive(tx, prompt.id);
      if (count >= prompt.maxFiles) throw tooManyFiles(prompt, count);
    },

    /**
     * The upload ends without a file: the prompt waits again, unless others of the session go on or wait; it ends
     * when nobody could begin any more. undefined when the upload held nothing.
     */
    async letGo(tx: Tx, upload: Upload): Promise<UploadPrompt | undefined> {
      const prompts = makePromptStore(tx.db);
      const promptId = promptIdOf(upload);
      const ofOne = { uploadId: upload.id };
      const changed = (await prompts.giveBack(promptId, ofOne)) ?? (await prompts.giveUp(promptId, ofOne));
      if (changed !== undefined) return changed;
      const prompt = await prompts.lock(promptId);
      if (prompt?.status !== 'UPLOADING' || prompt.holderSessionId !== upload.sessionId) return undefined;
      const alive = await uploads.listAlive(tx, prompt.id);
      if (!alive.some(({ id, status }) => id === upload.id && status === upload.status)) return undefined;
      const hold = { sessionId: upload.sessionId };
      if (alive.length > 1) return prompts.touch(prompt.id, hold);
      return (await prompts.giveBack(prompt.id, hold)) ?? (await prompts.giveUp(prompt.id, hold));
    },

    /** As `refusalOf`, but that whose own session holds it is told so. */
    async refusalFor(viewer: Viewer, prompt: UploadPrompt): Promise<AppError> {
      const { id: promptId, uploadId, holderSessionId } = prompt;
      if (prompt.status !== 'UPLOADING') return refusalOf(prompt);
      const ofPrompt = uploadId === null ? [] : await uploads.listOfPrompts(viewer, [promptId]);
      const holder = ofPrompt.find(({ id }) => id === uploadId);
      if ((holder?.sessionId ?? holderSessionId) !== viewer.sessionId) return refusalOf(prompt);
      const message = 'You are uploading a file for this request in this session. Abort that first.';
      return new AppError('UPLOAD_IN_PROGRESS', message, { extensions: { promptId } });
    },
  };
}

function tooManyFiles({ maxFiles }: UploadPrompt, count: number): AppError {
  const message = `This request takes ${inFiles(maxFiles)}; as many are uploaded or on their way.`;
  return new AppError('BAD_USER_INPUT', message, { extensions: { field: 'file', maxFiles, count } });
}
