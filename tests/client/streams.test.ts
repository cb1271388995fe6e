import { Readable } from 'node:stream';
import { createPortalClient } from '../../src/client/index.js';
import { fileFromStream } from '../../src/client/node.js';
import { until } from '../support/until.js';
import { startFakeService, type FakeService } from './support/fake-service.js';
import { startFakeStorage } from './support/fake-storage.js';

let service: FakeService;
let storage: Awaited<ReturnType<typeof startFakeStorage>>;
const bytes = Buffer.from('The five boxing wizards jump quickly. '.repeat(100));

beforeEach(async () => {
  [service, storage] = await Promise.all([startFakeService(), startFakeStorage()]);
  service.settings.storageUrl = storage.url;
  service.state.open();
});
afterEach(async () => {
  await Promise.all([service.close(), storage.close()]);
});

type Open = Parameters<typeof fileFromStream>[0];

const answer = (open: Open, signal?: AbortSignal) =>
  createPortalClient({ url: service.url, token: 'jwt', retry: { minDelayMs: 2, maxDelayMs: 20 } }).answer(
    'prompt-1',
    fileFromStream(open, { filename: 'plan.pdf', sizeBytes: bytes.length }),
    signal === undefined ? {} : { signal },
  );

/** Read once, as all that comes from elsewhere. */
const ofWeb = () => new Blob([bytes]).stream();
const text = bytes.toString();

describe.each([
  ['in one request', 1_000_000],
  ['in parts', 1000],
])('%s', (_way, partSizeBytes) => {
  beforeEach(() => void (service.settings.partSizeBytes = partSizeBytes));

  test.each<[string, Open]>([
    ['a promise of a stream', () => Promise.resolve(Readable.from([bytes]))],
    ['a stream of the web', ofWeb],
    ['a promise of a stream of the web', () => Promise.resolve(ofWeb())],
    ['a stream of text', () => Readable.from([text.slice(0, 1500), text.slice(1500)])],
  ])('is sent: %s', async (_kind, open) => {
    await answer(open);
    const partOf = (url = '') => Number(/(\d+)\?/.exec(url)?.[1]);
    const inOrder = [...storage.puts].sort((a, b) => partOf(a.url) - partOf(b.url));
    expect(Buffer.concat(inOrder.map(({ body }) => body)).equals(bytes)).toBe(true);
  });

  test.each<[string, () => unknown, RegExp]>([
    ['what is no stream', () => ({}), /must give a readable stream/],
    ['a promise of nothing', () => Promise.resolve(undefined), /must give a readable stream/],
    ['a stream with an encoding', () => Readable.from([bytes]).setEncoding('hex'), /set no encoding/],
  ])('is refused in words: %s', async (_kind, open, words) => {
    await expect(answer(open as Open)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringMatching(words) as unknown,
    });
    expect(storage.puts).toHaveLength(0);
    expect(await storage.countConnections()).toBe(0);
  });

  test('a stream of something else is refused in words', async () => {
    await expect(answer(() => Readable.from([{ a: 1 }]))).rejects.toThrow('something else than bytes');
  });

  test('one that is not opened does not outlast an abort, and is destroyed when it comes', async () => {
    const stop = new AbortController();
    const stream = Readable.from([bytes]);
    let give = (_stream: Readable) => {};
    const opened = new Promise<Readable>((resolve) => (give = resolve));
    let isAsked = false;
    const answered = answer(() => {
      isAsked = true;
      return opened;
    }, stop.signal);
    answered.catch(() => {});
    await until(() => isAsked);
    stop.abort(new Error('enough'));
    await expect(answered).rejects.toThrow('enough');
    give(stream);
    await until(() => stream.destroyed);
  });
});
