import type { Db, Transact } from '../../core/db.js';
import { AppError, badInput, permissionDenied } from '../../core/errors.js';
import type { Channels } from '../../core/events.js';
import { assertKey, hashInput, idempotencyConflict } from '../../core/idempotency.js';
import { newId } from '../../core/ids.js';
import { isPrintable } from '../../core/text.js';
import { assertApp, type AppViewer, type Viewer } from '../../core/viewer.js';
import type { Accounts } from '../accounts/account.service.js';
import type { Audit } from '../accounts/audit.service.js';
import type { Capabilities } from '../capabilities/capability.service.js';
import { narrowLimits } from '../capabilities/upload-limits.js';
import type { Memories } from '../memories/memory.service.js';
import { parseFileCounts } from './file-counts.js';
import { announce } from './prompt-channels.js';
import type { UploadPrompt } from './prompt.js';
import { makePromptStore, type PromptStore } from './prompt.store.js';

export interface RequestUploadInput {
  userId: string;
  prompt: string;
  agentUrn?: string | null | undefined;
  conversationId?: string | null | undefined;
  allowedMimeTypes?: readonly string[] | null | undefined;
  maxSizeBytes?: number | null | undefined;
  minFiles?: number | null | undefined;
  maxFiles?: number | null | undefined;
  timeoutSeconds?: number | null | undefined;
  idempotencyKey?: string | null | undefined;
}

export interface RequestUploadDeps {
  db: Db;
  transact: Transact;
  channels: Channels;
  audit: Audit;
  accounts: Accounts;
  capabilities: Capabilities;
  memories: Memories;
  limitPerUser: number;
  uploadGraceSeconds: number;
}

export const maxPromptLength = 2000;
const maxUserIdLength = 255;

/** An agent asks a person for a file. */
export function makeRequestUpload({
  db,
  transact,
  channels,
  audit,
  accounts,
  capabilities,
  memories,
  limitPerUser,
  uploadGraceSeconds,
}: RequestUploadDeps) {
  const store = makePromptStore(db);

  /**
   * Throws PERMISSION_DENIED, TOOL_NOT_ENABLED, NOT_FOUND (the person), BAD_USER_INPUT, INVALID_CONSTRAINT,
   * PROMPT_LIMIT, IDEMPOTENCY_CONFLICT. The same key with the same input returns the same prompt, whatever became of it.
   */
  return async function requestUpload(viewer: Viewer, input: RequestUploadInput): Promise<UploadPrompt> {
    assertApp(viewer);
    if (input.agentUrn != null && input.agentUrn !== viewer.agentUrn) {
      throw permissionDenied('An App asks for its own agent only.');
    }
    assertWords(input);
    parseFileCounts(input);
    const inputHash = hashAsked(viewer, input);
    return (await findRetried(viewer, input, inputHash)) ?? ask(viewer, input, inputHash);
  };

  async function ask(viewer: AppViewer, input: RequestUploadInput, inputHash: string): Promise<UploadPrompt> {
    const { orgId, agentUrn } = viewer;
    const { userId } = input;
    const asked = await transact(async (tx) => {
      const policy = await capabilities.getForRequest(tx, orgId, agentUrn);
      const limits = narrowLimits(
        policy,
        { ...input, promptTimeoutSeconds: input.timeoutSeconds },
        'input',
        'timeoutSeconds',
      );
      // Who else asks this person waits here, so that the count holds.
      await accounts.lockPerson(tx, orgId, userId);
      const prompts = makePromptStore(tx.db);
      const retried = await findRetriedIn(prompts, viewer, input, inputHash);
      if (retried !== undefined) return retried;
      if ((await prompts.countOpen(orgId, userId)) >= limitPerUser) {
        throw new AppError('PROMPT_LIMIT', `This person has ${limitPerUser} open requests already.`, {
          extensions: { limit: limitPerUser },
        });
      }
      const prompt = await prompts.insert(
        {
          id: newId(),
          orgId,
          agentUrn,
          userId,
          memoryId: await memories.ensure(tx, { orgId, agentUrn, userId }),
          conversationId: input.conversationId ?? null,
          prompt: input.prompt.trim(),
          allowedMimeTypes: [...limits.allowedMimeTypes],
          maxSizeBytes: limits.maxSizeBytes,
          ...parseFileCounts(input),
          idempotencyKey: input.idempotencyKey ?? null,
          inputHash,
        },
        limits.promptTimeoutSeconds,
        uploadGraceSeconds,
      );
      if (prompt === undefined) return undefined;
      await audit.record(tx, viewer, 'requestUpload', prompt.id, { agentUrn, userId });
      announce(tx, channels, prompt);
      return prompt;
    });
    // The same key was used for another person in this very moment, and is committed by now.
    return asked ?? (await findRetried(viewer, input, inputHash)) ?? Promise.reject(conflict());
  }

  function findRetried(viewer: AppViewer, input: RequestUploadInput, inputHash: string) {
    return findRetriedIn(store, viewer, input, inputHash);
  }
}

async function findRetriedIn(
  store: PromptStore,
  { orgId, agentUrn }: AppViewer,
  { idempotencyKey }: RequestUploadInput,
  inputHash: string,
): Promise<UploadPrompt | undefined> {
  if (idempotencyKey == null) return undefined;
  const known = await store.findByIdempotencyKey(orgId, agentUrn, idempotencyKey);
  if (known !== undefined && known.inputHash !== inputHash) throw conflict();
  return known;
}

function conflict(): AppError {
  return idempotencyConflict('input.idempotencyKey');
}

function assertWords({ userId, prompt, conversationId, idempotencyKey }: RequestUploadInput): void {
  if (userId.length < 1 || userId.length > maxUserIdLength)
    throw badInput('input.userId', 'Say whom to ask.');
  if (prompt.trim() === '' || prompt.length > maxPromptLength) {
    throw badInput('input.prompt', `Say what to ask for, in 1 to ${maxPromptLength} characters.`);
  }
  if (!isPrintable(prompt)) throw badInput('input.prompt', 'The prompt has characters that cannot be shown.');
  assertKey('input.conversationId', conversationId);
  assertKey('input.idempotencyKey', idempotencyKey);
}

/** Of what was asked, in words and limits; without the key that it is filed under. */
function hashAsked(viewer: AppViewer, input: RequestUploadInput): string {
  const { userId, prompt, conversationId, allowedMimeTypes, maxSizeBytes, timeoutSeconds } = input;
  const { minFiles, maxFiles } = parseFileCounts(input);
  return hashInput([
    viewer.agentUrn,
    userId,
    prompt,
    conversationId ?? null,
    allowedMimeTypes ?? null,
    maxSizeBytes ?? null,
    timeoutSeconds ?? null,
    // One file is not said, as it never was: a key from before still finds its prompt.
    ...(maxFiles === 1 ? [] : [minFiles, maxFiles]),
  ]);
}
