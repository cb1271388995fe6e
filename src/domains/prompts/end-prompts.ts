import { forEachAnyway } from '../../core/each.js';
import type { Db, Transact, Tx } from '../../core/db.js';
import type { Channels } from '../../core/events.js';
import { assertUser, toActor, type ActorRef, type Viewer } from '../../core/viewer.js';
import { badInput, permissionDenied } from '../../core/errors.js';
import { isPrintable } from '../../core/text.js';
import type { Audit } from '../accounts/audit.service.js';
import type { Uploads } from '../uploads/upload.service.js';
import type { UploadPrompt } from './prompt.js';
import { announce } from './prompt-channels.js';
import { recordTimeOut } from './record-time-out.js';
import { refusalOf } from './prompt-refusals.js';
import { makePromptListStore } from './prompt-list.store.js';
import { makePromptStore, type Resolution } from './prompt.store.js';

export interface EndPromptsDeps {
  db: Db;
  transact: Transact;
  channels: Channels;
  audit: Audit;
  uploads: Uploads;
  /** Reads it for this viewer and sees to its deadline; throws NOT_FOUND. */
  getPrompt: (viewer: Viewer, id: string) => Promise<UploadPrompt>;
}

const maxNoteLength = 2000;

/** Every way in which a prompt ends without a file. */
export function makeEndPrompts({ db, transact, channels, audit, uploads, getPrompt }: EndPromptsDeps) {
  const lists = makePromptListStore(db);

  /** One guarded change and what follows from it: the uploads that held the prompt end with it. */
  async function endWith(
    tx: Tx,
    changed: UploadPrompt | undefined,
    uploadStatus: 'ABORTED' | 'EXPIRED',
  ): Promise<UploadPrompt | undefined> {
    if (changed === undefined) return undefined;
    if (changed.uploadId !== null) await uploads.end(tx, changed.uploadId, uploadStatus);
    if (changed.holderSessionId !== null) await uploads.endAll(tx, changed.id, uploadStatus);
    announce(tx, channels, changed);
    return changed;
  }

  return {
    /**
     * The person says no, on any of their devices, and may say why. Repeating it in the same session returns the
     * same; otherwise PROMPT_ALREADY_RESOLVED once it has ended.
     */
    async declineUpload(viewer: Viewer, promptId: string, note?: string | null): Promise<UploadPrompt> {
      assertUser(viewer);
      if (note != null && note.length > maxNoteLength) {
        throw badInput('note', `The note may have ${maxNoteLength} characters.`);
      }
      if (note != null && !isPrintable(note)) {
        throw badInput('note', 'The note has characters that cannot be shown.');
      }
      const { id } = await getPrompt(viewer, promptId);
      const resolution = {
        by: toActor(viewer),
        sessionId: viewer.sessionId,
        reason: 'USER',
        note: note?.trim() || null,
      } as const;
      const declined = await declineFor(viewer, 'declineUpload', id, resolution);
      if (declined !== undefined) return declined;
      const ended = await getPrompt(viewer, promptId);
      const isOwnWin =
        ended.status === 'DECLINED' &&
        ended.reason === 'USER' &&
        ended.resolvedSessionId === viewer.sessionId;
      if (isOwnWin) return ended;
      throw refusalOf(ended);
    },

    /** The App that asked takes it back. Repeating it returns the same. */
    async cancelUploadRequest(viewer: Viewer, promptId: string): Promise<UploadPrompt> {
      const { id } = await getPrompt(viewer, promptId);
      if (viewer.kind !== 'APP') throw permissionDenied('Only the agent that asked may cancel.');
      const resolution = { by: toActor(viewer), reason: 'AGENT_CANCELLED' } as const;
      const cancelled = await declineFor(viewer, 'cancelUploadRequest', id, resolution);
      if (cancelled !== undefined) return cancelled;
      const ended = await getPrompt(viewer, promptId);
      if (ended.status === 'DECLINED' && ended.reason === 'AGENT_CANCELLED') return ended;
      throw refusalOf(ended);
    },

    /** The tool was switched off: every open prompt of the agent ends in the same transaction. */
    async revokeAll(
      tx: Tx,
      { orgId, agentUrn, actor }: { orgId: string; agentUrn: string; actor: ActorRef },
    ) {
      const resolution = { by: actor, reason: 'REVOKED' } as const;
      for (const prompt of await makePromptStore(tx.db).declineAll(orgId, agentUrn, resolution)) {
        await endWith(tx, prompt, 'ABORTED');
      }
    },

    /** It is taken from the person who was asked; or it ends as its deadline has it, where that is over. */
    async revoke(id: string, by: ActorRef): Promise<void> {
      const resolution = { by, reason: 'REVOKED' } as const;
      const declined = await transact(async (tx) =>
        endWith(tx, await makePromptStore(tx.db).decline(id, resolution), 'ABORTED'),
      );
      if (declined === undefined) await timeOut(id);
    },

    /** Ends the prompt if its deadline is over; undefined when it is not, or when something else ended it. */
    timeOut,

    /** For the sweep. Returns how many it looked at. */
    async timeOutDue(limit: number): Promise<number> {
      const due = await lists.listDue(limit);
      await forEachAnyway(due, timeOut);
      return due.length;
    },
  };

  /** undefined when something else ended it before. */
  function declineFor(viewer: Viewer, action: string, id: string, resolution: Resolution) {
    return transact(async (tx) => {
      const changed = await makePromptStore(tx.db).decline(id, resolution);
      if (changed !== undefined) await audit.record(tx, viewer, action, id, {});
      return endWith(tx, changed, 'ABORTED');
    });
  }

  function timeOut(id: string): Promise<UploadPrompt | undefined> {
    return transact(async (tx) => {
      const changed = await makePromptStore(tx.db).timeOut(id);
      if (changed !== undefined) await recordTimeOut(tx, audit, changed);
      return endWith(tx, changed, 'EXPIRED');
    });
  }
}
