import { readFileSync } from 'node:fs';
import { on } from 'node:events';
import { buildSchema, GraphQLError } from 'graphql';
import { fakeAsset, isOver, toResult, type FakePrompt, type FakeState } from './fake-state.js';

export const schema = buildSchema(readFileSync(new URL('../../../schema.graphql', import.meta.url), 'utf8'));

export interface FakeRequest {
  readonly signal: AbortSignal;
}

export function refuse(code: string, extensions: Record<string, unknown> = {}): GraphQLError {
  return new GraphQLError(`refused: ${code}`, { extensions: { code, ...extensions } });
}

const promptIdOf = (uploadId: string) => uploadId.replace(/^upload-(\d+-)?of-/, '');

function listFakes({ first, after }: { first: number; after: string | null }) {
  const all = ['a', 'b', 'c', 'd', 'e'];
  const from = after === null ? 0 : all.indexOf(after) + 1;
  const page = all.slice(from, from + first);
  return {
    nodes: page.map((id) => fakeAsset(id)),
    pageInfo: { hasNextPage: from + first < all.length, endCursor: page.at(-1) ?? null },
  };
}

/** Resolvers of the operations that the client uses, as far as its tests need them. */
export function makeRoot(
  state: FakeState,
  settings: { readonly storageUrl: string; readonly partSizeBytes: number; readonly partLifetimeMs: number },
) {
  let begun = 0;
  const openPrompts = () => [...state.prompts.values()].filter((prompt) => !isOver(prompt));

  async function* watch<T>(signal: AbortSignal, read: (changed?: FakePrompt) => T | undefined) {
    // Listening begins before the state is read, so that no change is missed in between.
    const changed = on(state.changes, 'change', { signal });
    const first = read();
    if (first !== undefined) yield first;
    try {
      for await (const [prompt] of changed as AsyncIterable<[FakePrompt]>) {
        const next = read(prompt);
        if (next !== undefined) yield next;
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  return {
    viewer: () => ({
      id: 'alice',
      kind: 'USER',
      name: 'Alice',
      orgRole: 'MEMBER',
      organization: { id: 'org-1', name: 'Acme' },
      agent: null,
    }),
    uploadPrompt: ({ id }: { id: string }) => state.prompts.get(id) ?? null,
    uploadPrompts: () => ({ nodes: openPrompts(), pageInfo: { hasNextPage: false, endCursor: null } }),

    async awaitUpload(
      { promptId, waitSeconds }: { promptId: string; waitSeconds: number },
      { signal }: FakeRequest,
    ) {
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(waitSeconds * 1000 + 1)]);
      for await (const prompt of watch(deadline, () => state.get(promptId))) {
        if (isOver(prompt)) return toResult(prompt);
      }
      return null;
    },

    requestUpload({ input }: { input: { userId: string; prompt: string; idempotencyKey: string } }) {
      const known = state.promptIdByKey.get(input.idempotencyKey);
      if (known !== undefined) return state.get(known);
      const prompt = state.open(input);
      state.promptIdByKey.set(input.idempotencyKey, prompt.id);
      return prompt;
    },

    cancelUploadRequest({ promptId }: { promptId: string }) {
      const prompt = state.get(promptId);
      if (prompt.reason === 'AGENT_CANCELLED') return prompt;
      if (isOver(prompt)) throw refuse('PROMPT_ALREADY_RESOLVED', { outcome: prompt.status });
      return state.change(promptId, { status: 'DECLINED', reason: 'AGENT_CANCELLED' });
    },

    declineUpload({ promptId, note }: { promptId: string; note?: string }) {
      return state.change(promptId, { status: 'DECLINED', reason: 'USER', note: note ?? null });
    },

    markUploadPromptSeen: ({ promptId }: { promptId: string }) =>
      state.change(promptId, { seenAt: new Date().toISOString() }),

    answerWithAssets: ({ promptId, assetIds }: { promptId: string; assetIds: string[] }) =>
      state.change(promptId, { status: 'UPLOADED', assets: assetIds.map((id) => fakeAsset(id)) }),

    beginPromptUpload({
      promptId,
      file,
    }: {
      promptId: string;
      file: { filename: string; mimeType: string; sizeBytes: number };
    }) {
      const { uploads, maxFiles } = state.get(promptId);
      if (maxFiles > 1 && uploads.length === maxFiles) {
        throw refuse('BAD_USER_INPUT', { maxFiles, count: maxFiles });
      }
      state.change(promptId, { status: 'UPLOADING' });
      const id = maxFiles === 1 ? `upload-of-${promptId}` : `upload-${(begun += 1)}-of-${promptId}`;
      if (maxFiles > 1) uploads.push({ id, status: 'OPEN' });
      const expiresAt = new Date(Date.now() + 60_000).toISOString();
      const { filename, sizeBytes } = file;
      if (sizeBytes > settings.partSizeBytes) {
        const { partSizeBytes } = settings;
        const partCount = Math.ceil(sizeBytes / partSizeBytes);
        const multipart = { partSizeBytes, partCount, uploadedParts: [] };
        const upload = {
          id,
          promptId,
          status: 'OPEN',
          filename,
          sizeBytes,
          expiresAt,
          request: null,
          multipart,
          asset: null,
        };
        state.uploads.set(id, upload);
        return upload;
      }
      const headers = [
        { name: 'content-type', value: file.mimeType },
        { name: 'content-length', value: String(file.sizeBytes) },
      ];
      const url = `${settings.storageUrl}/staging/1?signature=secret`;
      return { id, status: 'OPEN', expiresAt, request: { method: 'PUT', url, headers, expiresAt } };
    },

    upload: ({ id }: { id: string }) => state.uploads.get(id) ?? null,

    presignUploadParts({ uploadId, partNumbers }: { uploadId: string; partNumbers: number[] }) {
      const expiresAt = new Date(Date.now() + settings.partLifetimeMs).toISOString();
      return partNumbers.map((partNumber) => {
        const url = `${settings.storageUrl}/${uploadId}/${partNumber}?signature=secret`;
        return { partNumber, request: { method: 'PUT', url, headers: [], expiresAt } };
      });
    },

    completeUpload({ uploadId }: { uploadId: string }) {
      const { id, maxFiles, uploads } = state.get(promptIdOf(uploadId));
      if (maxFiles === 1) {
        const asset = fakeAsset();
        state.change(id, { status: 'UPLOADED', assets: [asset] });
        return asset;
      }
      for (const upload of uploads) if (upload.id === uploadId) upload.status = 'COMPLETED';
      return fakeAsset(`asset-of-${uploadId}`);
    },

    submitPromptUploads({ promptId }: { promptId: string }) {
      const prompt = state.get(promptId);
      if (isOver(prompt)) return prompt;
      if (prompt.uploads.some(({ status }) => status === 'OPEN')) throw refuse('UPLOAD_IN_PROGRESS');
      if (prompt.uploads.length < prompt.minFiles) throw refuse('BAD_USER_INPUT');
      const assets = prompt.uploads.map(({ id }) => fakeAsset(`asset-of-${id}`));
      return state.change(promptId, { status: 'UPLOADED', assets });
    },

    abortUpload({ uploadId }: { uploadId: string }) {
      const { id, uploads } = state.get(promptIdOf(uploadId));
      const left = uploads.filter((upload) => upload.id !== uploadId);
      state.change(id, { uploads: left, ...(left.length === 0 && { status: 'PENDING' }) });
      return { id: uploadId, status: 'ABORTED' };
    },

    agentAssets: listFakes,
    assets: listFakes,
    asset: ({ id, urn }: { id?: string; urn?: string }) => (id === 'none' ? null : fakeAsset(id ?? urn)),
    deleteAssets: ({ ids }: { ids: string[] }) =>
      ids.map((id) => ({ ...fakeAsset(id), deletedAt: new Date(0).toISOString() })),
    restoreAsset: ({ id }: { id: string }) => fakeAsset(id),
    purgeAsset: ({ id }: { id: string }) => id,
    createDownloadUrl: () => ({ url: 'https://storage.test/1', expiresAt: new Date(0).toISOString() }),

    async *uploadPromptsFeed(signal: AbortSignal) {
      const toEvent = (changed?: FakePrompt) => {
        if (changed === undefined) return { kind: 'SNAPSHOT', prompts: openPrompts() };
        return { kind: isOver(changed) ? 'RESOLVED' : 'UPSERT', prompts: [{ ...changed }] };
      };
      for await (const event of watch(signal, toEvent)) yield { uploadPrompts: event };
    },
    async *uploadResultFeed(promptId: string, signal: AbortSignal) {
      for await (const prompt of watch(signal, () => state.get(promptId))) {
        if (!isOver(prompt)) continue;
        yield { uploadResult: toResult(prompt) };
        return;
      }
    },
    async *uploadPromptProgressFeed(promptId: string, signal: AbortSignal) {
      for await (const prompt of watch(signal, () => ({ ...state.get(promptId) }))) {
        yield { uploadPromptProgress: prompt };
        if (isOver(prompt)) return;
      }
    },
  };
}
