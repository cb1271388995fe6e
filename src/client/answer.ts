import { abortingOnThrow, tiedController } from './abort.js';
import {
  canGoOn,
  findAsset,
  findEarlier,
  isWaiting,
  type EarlierUpload,
  type IsHere,
} from './earlier-upload.js';
import { AskfileError } from './errors.js';
import {
  AbortUpload,
  BeginPromptUpload,
  GetUploadPrompt,
  ListUploadsOfPrompt,
  SubmitPromptUploads,
} from './generated/documents.js';
import type { UploadFieldsFragment } from './generated/types.js';
import type { Execute } from './http.js';
import type { PauseSwitch } from './pause.js';
import type { UploadProgress } from './put.js';
import { retrying, undo, UNDO_WITHIN_MS, type RetryPolicy } from './retry.js';
import { sendUpload } from './send-upload.js';
import type { Asset, UploadPrompt } from './types.js';
import type { UploadSource } from './upload-source.js';

/**
 * Begin, put, complete each file, then submit them where the prompt takes several; whatever ends it in between lets all
 * uploads go, so that the prompt can be answered anew. `resume` and `onBegun` are for one file.
 */
export async function answer(
  { execute, policy }: { execute: Execute; policy: RetryPolicy },
  prompt: UploadPrompt | string,
  sources: readonly UploadSource[],
  options: {
    description: string | undefined;
    takeOver: boolean;
    signal: AbortSignal | undefined;
    pause: PauseSwitch | undefined;
    resume: string | undefined;
    onBegun: ((uploadId: string) => void) | undefined;
    onProgress: ((progress: UploadProgress) => void) | undefined;
  },
): Promise<Asset[]> {
  const { description, takeOver, pause, resume } = options;
  const promptId = typeof prompt === 'string' ? prompt : prompt.id;
  const own = tiedController(options.signal);
  // Begun is begun: the answer to a mutation on its way is awaited a little, or it could not be let go.
  const begin = tiedController(options.signal, UNDO_WITHIN_MS);
  const { signal } = own;
  const onBegun = abortingOnThrow(own.abort, options.onBegun);
  const report = makeReport(sources, abortingOnThrow(own.abort, options.onProgress));
  const uploadIds: string[] = [];
  const completions: Promise<Asset>[] = [];
  try {
    const isHere: IsHere = (upload) => upload.promptId === promptId;
    const earlier = await findEarlier({ execute, policy }, resume, isHere, signal);
    // `resume` comes with one file only.
    const [only] = sources;
    const answered = only === undefined ? null : findAsset(earlier, only);
    if (answered !== null) return [answered];
    const counts = await findCounts();
    assertCount(counts, sources.length);
    // One file that is complete is the answer to a prompt for one, and to no other.
    const mustSubmit = counts.maxFiles > 1;
    for (const [index, source] of sources.entries()) {
      // One after the other, as the order of their begin is that of the answer; the bytes go at once.
      const upload = goOn(earlier, source, mustSubmit) ?? (await beginUpload(source, mustSubmit));
      uploadIds.push(upload.id);
      onBegun(upload.id);
      const onProgress = ({ sentBytes }: UploadProgress) => report(index, sentBytes);
      const completion = sendUpload({ execute, policy }, upload, source, { signal, pause, onProgress });
      // The first that fails stops the others, also while the next is begun.
      completion.catch(own.abort);
      completions.push(completion);
    }
    const assets = await Promise.all(completions);
    if (mustSubmit) {
      await dropOthers();
      await retrying(() => execute(SubmitPromptUploads, { promptId }, { signal }), { policy, signal });
    }
    return assets;
  } catch (error) {
    own.abort(error);
    await Promise.allSettled(completions);
    const within = { signal: begin.signal, timeoutMs: UNDO_WITHIN_MS };
    const letGo = (uploadId: string) => execute(AbortUpload, { uploadId }, within);
    await Promise.all(uploadIds.map((id) => undo(() => letGo(id), { policy, signal: begin.signal })));
    signal.throwIfAborted();
    throw error;
  } finally {
    own.dispose();
    begin.dispose();
  }

  /** A prompt that is none is the service's to refuse. */
  async function findCounts(): Promise<FileCounts> {
    if (typeof prompt !== 'string') return prompt;
    const ask = () => execute(GetUploadPrompt, { id: promptId }, { signal });
    return (await retrying(ask, { policy, signal })).uploadPrompt ?? { minFiles: 1, maxFiles: 1 };
  }

  async function beginUpload(
    { filename, mimeType, sizeBytes }: UploadSource,
    mayMakeRoom: boolean,
  ): Promise<UploadFieldsFragment> {
    const file = { filename, mimeType, sizeBytes, ...(description !== undefined && { description }) };
    // Once it is ours, only whoever takes it over has more of a say.
    const variables = { promptId, file, takeOver: takeOver && uploadIds.length === 0 };
    const ask = () =>
      retrying(() => execute(BeginPromptUpload, variables, { signal: begin.signal }), { policy, signal });
    const begun = await ask().catch(async (error: unknown) => {
      if (!mayMakeRoom || !mayHaveRoom(error)) throw error;
      await dropOthers();
      return ask();
    });
    return begun.beginPromptUpload;
  }

  /**
   * Ends what this session began before, such as in a page that was reloaded, and what a lost answer left behind.
   * They are ours: a prompt is held by one session.
   */
  async function dropOthers(): Promise<void> {
    const { uploadPrompt } = await retrying(() => execute(ListUploadsOfPrompt, { promptId }, { signal }), {
      policy,
      signal,
    });
    const others = (uploadPrompt?.uploads ?? []).filter(
      ({ id, status }) => (status === 'OPEN' || status === 'COMPLETED') && !uploadIds.includes(id),
    );
    await Promise.all(
      others.map(({ id: uploadId }) =>
        retrying(() => execute(AbortUpload, { uploadId }, { signal }), { policy, signal }),
      ),
    );
  }
}

/** The earlier upload, where it may still become the answer. */
function goOn(
  earlier: EarlierUpload | null,
  source: UploadSource,
  mustSubmit: boolean,
): EarlierUpload | undefined {
  if (earlier === null) return undefined;
  const mayGoOn = canGoOn(earlier, source) || (mustSubmit && isWaiting(earlier, source));
  return mayGoOn ? earlier : undefined;
}

type FileCounts = Pick<UploadPrompt, 'minFiles' | 'maxFiles'>;

/** Before anything is sent: of too many, some would answer a prompt for one. */
function assertCount({ minFiles, maxFiles }: FileCounts, count: number): void {
  if (count >= minFiles && count <= maxFiles) return;
  const wanted = minFiles === maxFiles ? `${maxFiles}` : `${minFiles} to ${maxFiles}`;
  const message = `This request takes ${wanted} ${maxFiles === 1 ? 'file' : 'files'}, not ${count}.`;
  throw new AskfileError('BAD_USER_INPUT', message, {
    extensions: { field: 'files', minFiles, maxFiles },
  });
}

/** Whether there may be room without what was left behind: the prompt takes no more, or the quota. */
function mayHaveRoom(error: unknown): boolean {
  if (!(error instanceof AskfileError)) return false;
  return error.code === 'QUOTA_EXCEEDED' || (error.code === 'BAD_USER_INPUT' && 'count' in error.extensions);
}

/** Of all files together. */
function makeReport(sources: readonly UploadSource[], onProgress: (progress: UploadProgress) => void) {
  const sent = sources.map(() => 0);
  const totalBytes = sources.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return (index: number, sentBytes: number) => {
    sent[index] = sentBytes;
    onProgress({ sentBytes: sent.reduce((sum, bytes) => sum + bytes, 0), totalBytes });
  };
}
