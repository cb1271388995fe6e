import { AskfileError, createAgentClient, type UploadPrompt } from '../../src/client/index.js';
import { until } from '../support/until.js';
import { startFakeService, type FakeService } from './support/fake-service.js';
import { fakeAsset } from './support/fake-state.js';

const request = { userId: 'alice', prompt: 'a copy of your business plan' };

let service: FakeService;
beforeEach(async () => {
  service = await startFakeService();
});
afterEach(() => service.close());

const makeAgent = (options: Partial<Parameters<typeof createAgentClient>[0]> = {}) =>
  createAgentClient({
    url: service.url,
    appKey: 'ak_1',
    retry: { minDelayMs: 2, maxDelayMs: 20 },
    ...options,
  });

const isListening = (times = 1) => until(() => service.subscriptionsOf('UploadResult').length >= times);
const answer = (id = 'prompt-1') => service.state.change(id, { status: 'UPLOADED', assets: [fakeAsset()] });

describe('requestUpload', () => {
  test('resolves with the asset that the person uploaded', async () => {
    const asked = makeAgent().requestUpload({ ...request, maxSizeBytes: 500 });
    await isListening();
    answer();
    const result = await asked;
    expect(result).toMatchObject({ outcome: 'UPLOADED', promptId: 'prompt-1', asset: { id: 'asset-1' } });
    expect(result.outcome === 'UPLOADED' && result.assets).toHaveLength(1);
    expect(service.calls[0]).toMatchObject({
      name: 'RequestUpload',
      authorization: 'Bearer ak_1',
      variables: { input: { ...request, maxSizeBytes: 500 } },
    });
    expect(service.subscriptions[0]?.authorization).toBe('Bearer ak_1');
  });

  test('resolves with DECLINED and the note, and with TIMEOUT and the reason', async () => {
    const agent = makeAgent();
    const declined = agent.requestUpload(request);
    await isListening();
    service.state.change('prompt-1', { status: 'DECLINED', reason: 'USER', note: 'not today' });
    expect(await declined).toMatchObject({ outcome: 'DECLINED', reason: 'USER', note: 'not today' });

    const late = agent.requestUpload(request);
    await isListening(2);
    service.state.change('prompt-2', { status: 'TIMEOUT', reason: 'NO_ANSWER' });
    expect(await late).toMatchObject({ outcome: 'TIMEOUT', reason: 'NO_ANSWER' });
  });

  test('closes its socket when nothing is waited for', async () => {
    const asked = makeAgent().requestUpload(request);
    await isListening();
    answer();
    await asked;
    await until(() => service.socketCount() === 0);
  });

  test('shares one socket among many prompts', async () => {
    const agent = makeAgent();
    const asked = [1, 2, 3].map(() => agent.requestUpload(request));
    await isListening(3);
    expect(service.socketCount()).toBe(1);
    for (const id of service.state.prompts.keys()) answer(id);
    expect((await Promise.all(asked)).map(({ promptId }) => promptId)).toHaveLength(3);
  });

  test('asks once although the answer to the mutation was lost', async () => {
    service.fail('RequestUpload', 'drop', 502, 'drop');
    const asked = makeAgent().requestUpload(request);
    await isListening();
    answer();
    expect(await asked).toMatchObject({ outcome: 'UPLOADED', promptId: 'prompt-1' });
    const keys = service.callsOf('RequestUpload').map(({ variables }) => variables['input']);
    expect(keys).toHaveLength(4);
    expect(new Set(keys.map((input) => JSON.stringify(input))).size).toBe(1);
    expect(service.state.prompts.size).toBe(1);
  });

  test('sends the idempotency key that it was given', async () => {
    const asked = makeAgent().requestUpload({ ...request, idempotencyKey: 'turn-7' });
    await isListening();
    answer();
    await asked;
    expect(service.calls[0]?.variables).toMatchObject({ input: { idempotencyKey: 'turn-7' } });
  });

  test.each(['RATE_LIMITED', 'STORAGE_UNAVAILABLE', 'INTERNAL_SERVER_ERROR'])(
    'tries again after %s',
    async (code) => {
      service.fail('RequestUpload', { code, extensions: { retryAfterSeconds: 0.01 } }, { code });
      const asked = makeAgent().requestUpload(request);
      await isListening();
      answer();
      expect(await asked).toMatchObject({ outcome: 'UPLOADED' });
    },
  );

  test.each([
    'UNAUTHENTICATED',
    'PERMISSION_DENIED',
    'TOOL_NOT_ENABLED',
    'BAD_USER_INPUT',
    'A_CODE_OF_TOMORROW',
  ])('rejects at once with %s', async (code) => {
    service.fail('RequestUpload', { code, extensions: { field: 'userId' } });
    const error: unknown = await makeAgent()
      .requestUpload(request)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AskfileError);
    expect(error).toMatchObject({ code, message: `refused: ${code}`, extensions: { field: 'userId' } });
    expect(service.calls).toHaveLength(1);
  });

  test('gives up on a service that fails inside each time', async () => {
    const fault = { code: 'INTERNAL_SERVER_ERROR' };
    service.fail('RequestUpload', ...Array.from({ length: 10 }, () => fault));
    await expect(makeAgent().requestUpload(request)).rejects.toMatchObject(fault);
    expect(service.calls.length).toBeLessThan(10);
  });

  test('does not give up on one that says when it will be well again', async () => {
    const passing = { code: 'INTERNAL_SERVER_ERROR', extensions: { retryAfterSeconds: 0.01 } };
    service.fail('RequestUpload', ...Array.from({ length: 6 }, () => passing));
    const asked = makeAgent().requestUpload(request);
    await isListening();
    answer();
    expect(await asked).toMatchObject({ outcome: 'UPLOADED' });
  });

  test('does not try for longer than the prompt would live', async () => {
    await service.stop();
    await expect(makeAgent().requestUpload({ ...request, timeoutSeconds: 0.1 })).rejects.toMatchObject({
      code: 'SERVICE_UNREACHABLE',
    });
  });

  test('says so when the url leads elsewhere', async () => {
    service.fail('RequestUpload', 404);
    await expect(makeAgent().requestUpload(request)).rejects.toMatchObject({ code: 'UNEXPECTED_RESPONSE' });
    expect(() => makeAgent({ url: 'askfile.example.com' })).toThrow(/url must be like/);
  });
});

describe('waiting', () => {
  test.each([undefined, 1000, 1012, 4400, 4403, 4429])(
    'goes on after its socket was closed (%s)',
    async (code) => {
      const asked = makeAgent().requestUpload(request);
      await isListening();
      service.dropSockets(code);
      await isListening(2);
      answer();
      expect(await asked).toMatchObject({ outcome: 'UPLOADED' });
    },
  );

  test('finds a result that came while the service was restarted', async () => {
    const asked = makeAgent().requestUpload(request);
    await isListening();
    await service.stop();
    answer();
    await service.start();
    expect(await asked).toMatchObject({ outcome: 'UPLOADED' });
  });

  test('waits on when the service was restarted and nothing has come yet', async () => {
    const asked = makeAgent().requestUpload(request);
    await isListening();
    await service.stop();
    await service.start();
    await isListening(2);
    answer();
    expect(await asked).toMatchObject({ outcome: 'UPLOADED' });
  });

  test('polls over HTTP where WebSockets are refused', async () => {
    service.settings.acceptSockets = false;
    const asked = makeAgent().requestUpload(request);
    await until(() =>
      service.callsOf('AwaitUpload').some(({ variables }) => Number(variables['waitSeconds']) > 0),
    );
    answer();
    expect(await asked).toMatchObject({ outcome: 'UPLOADED' });
    expect(service.subscriptions).toHaveLength(0);
  });

  test.each(['never opens', 'can not even be made'])(
    'polls over HTTP where a WebSocket %s',
    async (fault) => {
      class DeadSocket extends EventTarget {
        static readonly CONNECTING = 0;
        static readonly OPEN = 1;
        static readonly CLOSING = 2;
        static readonly CLOSED = 3;
        readonly readyState = 0;
        onerror: ((event: Event) => void) | undefined;
        constructor() {
          super();
          if (fault === 'can not even be made') throw new Error('forbidden by a policy');
          queueMicrotask(() => this.onerror?.(new Event('error')));
        }
        close() {}
      }
      const asked = makeAgent({ webSocket: DeadSocket }).requestUpload(request);
      await until(() =>
        service.callsOf('AwaitUpload').some(({ variables }) => Number(variables['waitSeconds']) > 0),
      );
      answer();
      expect(await asked).toMatchObject({ outcome: 'UPLOADED' });
    },
  );

  test('ends when the key was revoked meanwhile', async () => {
    const asked = makeAgent().requestUpload(request);
    await isListening();
    service.settings.authorization = 'Bearer another';
    service.dropSockets(4403);
    await expect(asked).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('ends when the subscription is refused for good', async () => {
    service.fail('UploadResult', { code: 'PERMISSION_DENIED' });
    await expect(makeAgent().requestUpload(request)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });

  test('gives up when the service is away for longer than the prompt could live', async () => {
    const asked = makeAgent().requestUpload(request);
    await isListening();
    const prompt = service.state.get('prompt-1');
    await service.stop();
    const agent = makeAgent({
      fetch: (_input, init) => {
        // The client sends JSON text, always.
        const { operationName } = JSON.parse(init?.body as string) as { operationName: string };
        if (operationName !== 'GetUploadPrompt') return Promise.reject(new TypeError('fetch failed'));
        const uploadPrompt = { ...prompt, hardExpiresAt: prompt.createdAt };
        return Promise.resolve(Response.json({ data: { uploadPrompt } }));
      },
    });
    await expect(agent.awaitResult('prompt-1')).rejects.toMatchObject({ code: 'SERVICE_UNREACHABLE' });
    await service.start();
    answer();
    await asked;
  });

  test('reports the prompt as it changes, never an older version', async () => {
    const seen: UploadPrompt[] = [];
    const asked = makeAgent().requestUpload(request, { onProgress: (prompt) => seen.push(prompt) });
    await until(() => service.subscriptionsOf('UploadPromptProgress').length === 1);
    service.state.change('prompt-1', { status: 'UPLOADING' });
    await until(() => seen.length === 2);
    service.dropSockets();
    await until(() => service.subscriptionsOf('UploadPromptProgress').length === 2);
    service.state.change('prompt-1', { status: 'PENDING' });
    await until(() => seen.length === 3);
    answer();
    await asked;
    expect(seen.slice(0, 3).map(({ status }) => status)).toEqual(['PENDING', 'UPLOADING', 'PENDING']);
    expect(seen.map(({ version }) => version)).toEqual([1, 2, 3, 4].slice(0, seen.length));
  });
});

describe('an abort', () => {
  test('cancels the prompt and rejects with the reason', async () => {
    const abort = new AbortController();
    const asked = makeAgent().requestUpload(request, { signal: abort.signal });
    await isListening();
    abort.abort();
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
    expect(service.state.get('prompt-1')).toMatchObject({ status: 'DECLINED', reason: 'AGENT_CANCELLED' });
  });

  test('cancels also through a short outage', async () => {
    const abort = new AbortController();
    const asked = makeAgent().requestUpload(request, { signal: abort.signal });
    await isListening();
    service.fail('CancelUploadRequest', 503, 502);
    abort.abort();
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
    expect(service.state.get('prompt-1')).toMatchObject({ reason: 'AGENT_CANCELLED' });
  });

  test('cancels also a prompt whose mutation was on its way', async () => {
    const abort = new AbortController();
    const asked = makeAgent().requestUpload(request, { signal: abort.signal });
    asked.catch(() => {});
    await until(() => service.calls.length === 1);
    abort.abort(new Error('changed my mind'));
    await expect(asked).rejects.toThrow('changed my mind');
    expect(service.state.get('prompt-1')).toMatchObject({ reason: 'AGENT_CANCELLED' });
  });

  test('asks nothing when it came first', async () => {
    await expect(makeAgent().requestUpload(request, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(service.calls).toHaveLength(0);
  });

  test('rejects although the prompt cannot be cancelled any more', async () => {
    const abort = new AbortController();
    const asked = makeAgent().requestUpload(request, { signal: abort.signal });
    await isListening();
    service.fail('CancelUploadRequest', { code: 'PROMPT_ALREADY_RESOLVED' });
    abort.abort();
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('is what a listener that throws amounts to', async () => {
    const onProgress = () => {
      throw new Error('my own fault');
    };
    await expect(makeAgent().requestUpload(request, { onProgress })).rejects.toThrow('my own fault');
    expect(service.state.get('prompt-1')).toMatchObject({ reason: 'AGENT_CANCELLED' });
  });
});

describe('awaitResult', () => {
  test('waits on for a prompt that was asked before', async () => {
    service.state.open();
    const waited = makeAgent().awaitResult('prompt-1');
    await isListening();
    answer();
    expect(await waited).toMatchObject({ outcome: 'UPLOADED' });
    expect(await makeAgent().awaitResult('prompt-1')).toMatchObject({ outcome: 'UPLOADED' });
  });

  test('rejects with NOT_FOUND when there is none', async () => {
    await expect(makeAgent().awaitResult('none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('rejects with ASSET_BYTES_GONE when what it was answered with has been purged since', async () => {
    service.state.open();
    service.state.change('prompt-1', { status: 'UPLOADED', assets: [] });
    await expect(makeAgent().awaitResult('prompt-1')).rejects.toMatchObject({ code: 'ASSET_BYTES_GONE' });
  });

  test('leaves the prompt open when it is aborted', async () => {
    service.state.open();
    const abort = new AbortController();
    const waited = makeAgent().awaitResult('prompt-1', { signal: abort.signal });
    await isListening();
    abort.abort();
    await expect(waited).rejects.toMatchObject({ name: 'AbortError' });
    expect(service.state.get('prompt-1').status).toBe('PENDING');
  });
});

describe('cancel', () => {
  test('takes the prompt back, once or twice', async () => {
    service.state.open();
    const agent = makeAgent();
    expect(await agent.cancel('prompt-1')).toMatchObject({ status: 'DECLINED', reason: 'AGENT_CANCELLED' });
    expect(await agent.cancel('prompt-1')).toMatchObject({ status: 'DECLINED' });
  });

  test('tells who was quicker', async () => {
    service.state.open();
    answer();
    await expect(makeAgent().cancel('prompt-1')).rejects.toMatchObject({
      code: 'PROMPT_ALREADY_RESOLVED',
      extensions: { outcome: 'UPLOADED' },
    });
  });
});
