import { EventEmitter } from 'node:events';

/** What survives a restart of the fake service: prompts and their results, and who waits for a change. */
export interface FakePrompt {
  readonly id: string;
  version: number;
  status: 'PENDING' | 'UPLOADING' | 'UPLOADED' | 'DECLINED' | 'TIMEOUT';
  reason: string | null;
  note: string | null;
  readonly agent: { urn: string; name: string };
  readonly userId: string;
  readonly memoryUrn: string;
  readonly conversationId: string | null;
  readonly prompt: string;
  readonly allowedMimeTypes: string[];
  readonly maxSizeBytes: number;
  readonly minFiles: number;
  readonly maxFiles: number;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly hardExpiresAt: string;
  seenAt: string | null;
  resolvedAt: string | null;
  resolvedBy: null;
  assets: ReturnType<typeof fakeAsset>[];
  /** Of a prompt for several files. */
  uploads: { id: string; status: 'OPEN' | 'COMPLETED' }[];
}

/** An upload in parts, as the service tells of it. */
export interface FakeUpload {
  readonly id: string;
  readonly promptId: string;
  status: string;
  readonly filename: string;
  readonly sizeBytes: number;
  readonly expiresAt: string;
  readonly request: null;
  readonly multipart: { partSizeBytes: number; partCount: number; uploadedParts: number[] };
  asset: ReturnType<typeof fakeAsset> | null;
}

export function makeFakeState() {
  const prompts = new Map<string, FakePrompt>();
  const promptIdByKey = new Map<string, string>();
  const uploads = new Map<string, FakeUpload>();
  const changes = new EventEmitter().setMaxListeners(0);

  function open(
    given: {
      id?: string;
      userId?: string;
      prompt?: string;
      timeoutSeconds?: number;
      minFiles?: number;
      maxFiles?: number;
    } = {},
  ): FakePrompt {
    const now = Date.now();
    const { id = `prompt-${prompts.size + 1}`, timeoutSeconds = 300 } = given;
    const at = (seconds: number) => new Date(now + seconds * 1000).toISOString();
    const prompt: FakePrompt = {
      id,
      version: 1,
      status: 'PENDING',
      reason: null,
      note: null,
      agent: { urn: 'urn:agent:buno', name: 'Buno' },
      userId: given.userId ?? 'alice',
      memoryUrn: 'urn:memory:1',
      conversationId: null,
      prompt: given.prompt ?? 'a copy of your business plan',
      allowedMimeTypes: ['application/pdf'],
      maxSizeBytes: 1000,
      minFiles: given.minFiles ?? 1,
      maxFiles: given.maxFiles ?? 1,
      // In the order of their making, also when made within one millisecond.
      createdAt: at(prompts.size / 1000),
      expiresAt: at(timeoutSeconds),
      hardExpiresAt: at(timeoutSeconds + 60),
      seenAt: null,
      resolvedAt: null,
      resolvedBy: null,
      assets: [],
      uploads: [],
    };
    prompts.set(id, prompt);
    changes.emit('change', prompt);
    return prompt;
  }

  function get(id: string): FakePrompt {
    const prompt = prompts.get(id);
    if (prompt === undefined) throw new Error(`No prompt ${id}`);
    return prompt;
  }

  function change(id: string, changed: Partial<Omit<FakePrompt, 'id' | 'version'>>): FakePrompt {
    const prompt = Object.assign(get(id), changed);
    prompt.version += 1;
    if (isOver(prompt)) prompt.resolvedAt ??= new Date().toISOString();
    changes.emit('change', prompt);
    return prompt;
  }

  return { prompts, promptIdByKey, uploads, changes, open, get, change };
}

export type FakeState = ReturnType<typeof makeFakeState>;

export function isOver({ status }: FakePrompt): boolean {
  return status !== 'PENDING' && status !== 'UPLOADING';
}

export function toResult(prompt: FakePrompt) {
  const { id, status, reason, note, assets, resolvedAt } = prompt;
  return { promptId: id, outcome: status, reason, note, assets, resolvedAt };
}

export function fakeAsset(id = 'asset-1') {
  const at = new Date(0).toISOString();
  return {
    id,
    urn: `urn:memory:1:assets:${id}`,
    filename: 'plan.pdf',
    mimeType: 'application/pdf',
    sizeBytes: 4,
    sha256: null,
    executionId: null,
    provider: null,
    metadata: {},
    type: 'DOCUMENT',
    scanStatus: 'PENDING',
    description: null,
    uploadedAt: at,
    uploadedBy: { id: 'alice', kind: 'USER', name: 'Alice' },
    createdAt: at,
    updatedAt: at,
    deletedAt: null as string | null,
    restorableUntil: null,
    memoryUrn: 'urn:memory:1',
    agentUrn: 'urn:agent:buno',
    path: null,
  };
}
