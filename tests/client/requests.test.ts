import { getEventListeners } from 'node:events';
import { Readable } from 'node:stream';
import { createAgentClient, createPortalClient, type Token } from '../../src/client/index.js';
import { fileFromStream } from '../../src/client/node.js';
import { Viewer } from '../../src/client/generated/documents.js';
import { makeExecute } from '../../src/client/http.js';
import { until } from '../support/until.js';
import { startFakeService, type FakeService } from './support/fake-service.js';
import { startFakeStorage } from './support/fake-storage.js';

let service: FakeService;
beforeEach(async () => {
  service = await startFakeService();
});
afterEach(() => service.close());

const makePortal = (options: Partial<Parameters<typeof createPortalClient>[0]> = {}) =>
  createPortalClient({ url: service.url, token: 'jwt', ...options });

describe('what can never be sent is refused at once, instead of being tried again', () => {
  test.each([undefined, null, 7])('a credential that is none: %p', (none) => {
    const given = none as unknown as string; // As a program without types may pass it.
    expect(() => createAgentClient({ url: service.url, appKey: given })).toThrow(/^appKey must be/);
    expect(() => makePortal({ token: given })).toThrow(/^token must be/);
  });

  test.each<[string, Token]>([
    ['Cyrillic', 'ключ'],
    ['a line break', 'jwt\nx: y'],
    ['an empty one', ''],
    ['nobody is signed in', () => undefined as unknown as string],
  ])('a credential that no header takes: %s', async (_kind, token) => {
    await expect(makePortal({ token }).viewer()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    const ended = new Promise((resolve) => makePortal({ token }).prompts(() => {}, { onError: resolve }));
    expect(await ended).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(service.calls).toHaveLength(0);
  });

  test('is another credential where one is to come', async () => {
    let token: string | undefined;
    const portal = makePortal({
      token: () => token as unknown as string,
      onTokenRefused: () => Promise.resolve((token = 'jwt') !== undefined),
    });
    expect(await portal.viewer()).toMatchObject({ id: 'alice' });
  });

  const circle: Record<string, unknown> = {};
  circle['itself'] = circle;
  test.each<[string, Record<string, unknown>]>([
    ['a BigInt', { cost: 1n }],
    ['a circle', circle],
  ])('metadata with %s', async (_kind, metadata) => {
    const { assets } = createAgentClient({ url: service.url, appKey: 'ak_1' });
    const file = new File(['data'], 'photo.png', { type: 'image/png' });
    await expect(assets.store({ executionId: 'run-1', metadata, file })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringMatching(/can't be sent as JSON/) as unknown,
    });
    expect(service.calls).toHaveLength(0);
  });
});

describe('a token that is not told', () => {
  const never = () => new Promise<string>(() => undefined);

  test('does not outlast an abort', async () => {
    const stop = new AbortController();
    const asked = makePortal({ token: never }).assets.get('a', { signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
  });

  test('does not outlast the time of a request', async () => {
    const execute = makeExecute({ url: service.url, token: never, fetch: undefined });
    await expect(execute(Viewer, {}, { timeoutMs: 10 })).rejects.toMatchObject({
      code: 'SERVICE_UNREACHABLE',
      message: 'The token could not be had: No answer within 0.01 seconds.',
    });
  });
});

test('one signal may be given to any number of calls: Node warns of no leak', async () => {
  const storage = await startFakeStorage();
  service.settings.storageUrl = storage.url;
  storage.answerWith(...Array.from({ length: 12 }, () => 'hang' as const));
  const stop = new AbortController();
  const { signal } = stop;
  const portal = makePortal();
  const data = Buffer.from('data');
  const calls = Array.from({ length: 12 }, (_, index) => {
    const { id } = service.state.open();
    const open = () => Readable.from([data]);
    const file =
      index % 2 === 0
        ? new File([data], 'plan.pdf', { type: 'application/pdf' })
        : fileFromStream(open, { filename: 'plan.pdf', sizeBytes: data.length });
    return portal.answer(id, file, { signal });
  });
  const settled = Promise.allSettled(calls);
  await until(() => storage.puts.length === calls.length);
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  stop.abort(new Error('enough'));
  for (const call of await settled) {
    expect(call).toMatchObject({ status: 'rejected', reason: { message: 'enough' } });
  }
  await storage.close();
});
