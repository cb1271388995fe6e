import { AskfileError } from '../../../src/client/index.js';
import { makeKeptUploads, type Destination } from '../../../src/portal/uploads/kept-uploads.js';
import { makeUploadQueue, type UploadQueue } from '../../../src/portal/uploads/upload-queue.js';
import { until } from '../../support/until.js';
import { makeFakeClient, makeStorage } from './support/fake-client.js';

const root: Destination = { spaceId: 's1', folderId: undefined, name: 'Default' };
const large = 6 * 1024 * 1024;

let client: ReturnType<typeof makeFakeClient>;
let storage: ReturnType<typeof makeStorage>;
let isOnline: boolean;
let onNetwork: () => void;
let arrived: string[];
let queue: UploadQueue;
/** Of what another tab has, that it is not this one's. */
let isOtherTabs: boolean;
const claims = { take: () => Promise.resolve(!isOtherTabs), release: () => undefined };

beforeEach(() => {
  [client, storage, isOnline, arrived] = [makeFakeClient(), makeStorage(), true, []];
  isOtherTabs = false;
  queue = open();
});
afterEach(() => queue.close());

function open(): UploadQueue {
  return makeUploadQueue({
    client,
    kept: makeKeptUploads(storage, claims),
    network: {
      isOnline: () => isOnline,
      subscribe(listener) {
        onNetwork = listener;
        return () => undefined;
      },
    },
    now: () => performance.now(),
    onArrived: (spaceId) => arrived.push(spaceId),
  });
}

const file = (name: string, size = 3) => new File([new Uint8Array(size)], name, { lastModified: 1 });
const add = (...files: File[]) =>
  queue.add(root, { files: files.map((one) => ({ file: one, path: [] })), emptyFolders: [] });
const items = () => queue.state.get().items;
const phases = () => items().map(({ phase }) => phase);
const keyOf = (name: string) => items().find((item) => item.name === name)?.key ?? '';

test('a few files go at a time, in their order, and the space is told of once', async () => {
  add(...Array.from({ length: 9 }, (_, index) => file(`${index}.txt`)));
  expect(queue.isSending()).toBe(true);
  await until(() => client.sending.length === 4);
  expect(phases().filter((phase) => phase === 'waiting')).toHaveLength(5);
  for (const name of ['0.txt', '1.txt', '2.txt', '3.txt', '4.txt', '5.txt', '6.txt', '7.txt', '8.txt']) {
    await until(() => client.isSending(name));
    expect(client.sending.length).toBeLessThanOrEqual(4);
    client.finish(name);
  }
  await until(() => phases().every((phase) => phase === 'done'));
  expect(queue.isSending()).toBe(false);
  await until(() => arrived.length > 0);
  expect(arrived).toEqual(['s1']);
  expect(queue.state.get().totals).toMatchObject({ sentBytes: 27, totalBytes: 27 });
});

test('a file that is paused leaves its place to another; all that are paused begin nothing', async () => {
  add(...Array.from({ length: 6 }, (_, index) => file(`${index}.bin`, large)));
  await until(() => client.sending.length === 4);
  queue.setPaused(keyOf('0.bin'), true);
  await until(() => client.isSending('4.bin'));
  expect(client.isPaused('0.bin')).toBe(true);
  queue.setAllPaused(true);
  expect(client.sending.every((name) => client.isPaused(name))).toBe(true);
  client.finish('1.bin');
  client.finish('2.bin');
  await until(() => phases().filter((phase) => phase === 'done').length === 2);
  expect(client.isSending('5.bin')).toBe(false);
  queue.setAllPaused(false);
  await until(() => client.isSending('5.bin'));
  expect(client.sending.some((name) => client.isPaused(name))).toBe(false);
});

test('what is cancelled is stopped, and what never began never begins', async () => {
  add(...Array.from({ length: 6 }, (_, index) => file(`${index}.txt`)));
  await until(() => client.sending.length === 4);
  queue.remove(keyOf('5.txt'));
  queue.remove(keyOf('0.txt'));
  await until(() => client.isSending('4.txt'));
  expect(client.stopped).toEqual(['0.txt']);
  queue.cancelAll();
  expect(items()).toEqual([]);
  await until(() => client.sending.length === 0);
  expect(client.begun).not.toContain('5.txt');
});

test('what the service refuses stays with the reason, and is sent again when the person wants it', async () => {
  add(file('a.txt'), file('b.txt'));
  await until(() => client.sending.length === 2);
  const refusal = new AskfileError('QUOTA_EXCEEDED', 'There is no room.');
  client.fail('a.txt', refusal);
  client.finish('b.txt');
  await until(() => phases().join() === 'failed,done');
  expect(items()[0]?.error).toBe(refusal);
  queue.retryAll();
  await until(() => client.isSending('a.txt'));
  client.finish('a.txt');
  await until(() => phases().join() === 'done,done');
});

test('without a network everything is held; what was cut off goes on by itself where it was', async () => {
  add(file('a.bin', large), file('b.bin', large));
  await until(() => client.sending.length === 2);
  client.fail('a.bin', new AskfileError('UPLOAD_FAILED', 'No answer.'));
  await until(() => phases()[0] === 'failed');
  isOnline = false;
  onNetwork();
  expect(client.isPaused('b.bin')).toBe(true);
  expect(queue.state.get().isOffline).toBe(true);
  isOnline = true;
  onNetwork();
  await until(() => client.isSending('a.bin'));
  expect(client.resumed('a.bin')).toBe('upload-of-a.bin');
  expect(client.isPaused('b.bin')).toBe(false);
});

test('an upload that ended in a pause is begun anew, once', async () => {
  add(file('a.bin', large));
  await until(() => client.isSending('a.bin'));
  queue.setPaused(keyOf('a.bin'), true);
  queue.setPaused(keyOf('a.bin'), false);
  const refused = new AskfileError('UPLOAD_FAILED', 'Refused.', { extensions: { status: 403 } });
  client.fail('a.bin', refused);
  await until(() => client.begun.length === 2);
  expect(client.resumed('a.bin')).toBeUndefined();
  client.fail('a.bin', refused);
  await until(() => phases()[0] === 'failed');
});

test('an empty file is refused before anything leaves', async () => {
  add(file('empty.txt', 0), file('a.txt'));
  await until(() => client.isSending('a.txt'));
  expect(phases()[0]).toBe('failed');
  expect(client.begun).toEqual(['a.txt']);
});

describe('folders', () => {
  const tree = (...paths: string[]) =>
    queue.add(root, {
      files: paths.map((path) => ({
        file: file(path.split('/').at(-1) ?? ''),
        path: path.split('/').slice(0, -1),
      })),
      emptyFolders: [],
    });

  test('each is made once, and its files go into it', async () => {
    client.finishAll();
    tree('a/1.txt', 'a/2.txt', 'a/b/3.txt', 'a/b/4.txt', 'a/b/c/5.txt');
    queue.add(root, { files: [], emptyFolders: [['a', 'empty']] });
    await until(() => phases().every((phase) => phase === 'done'));
    expect(client.made.sort()).toEqual(['/a', '/a/b', '/a/b/c', '/a/empty']);
    expect(client.placeOf('5.txt')).toBe('/a/b/c');
    expect(client.placeOf('1.txt')).toBe('/a');
  });

  test('one that is there already is used, also when it came this moment', async () => {
    client.finishAll();
    client.addFolder('/a');
    client.addFolderMeanwhile('/a/b');
    tree('a/1.txt', 'a/b/2.txt');
    await until(() => phases().every((phase) => phase === 'done'));
    expect(client.made).toEqual([]);
    expect(client.placeOf('2.txt')).toBe('/a/b');
  });

  test('where one can’t be made its files say why, and are tried again with it', async () => {
    client.finishAll();
    client.refuseFolders(new AskfileError('PERMISSION_DENIED', 'No.'));
    tree('a/1.txt', 'a/2.txt');
    await until(() => phases().join() === 'failed,failed');
    client.refuseFolders(undefined);
    queue.retryAll();
    await until(() => phases().every((phase) => phase === 'done'));
    expect(client.made).toEqual(['/a']);
  });
});

describe('after the page was loaded anew', () => {
  async function reload(): Promise<void> {
    add(file('a.bin', large), file('small.txt'));
    await until(() => client.sending.length === 2);
    client.forgetPage();
    queue = open();
    await until(() => phases().length > 0);
  }

  test('a large file is chosen again, and goes on where it was', async () => {
    client.parts('upload-of-a.bin', 2);
    await reload();
    expect(items()).toMatchObject([{ name: 'a.bin', phase: 'interrupted', sentBytes: 2 * 1024 * 1024 }]);
    expect(queue.isSending()).toBe(false);
    expect(queue.chooseAgain(keyOf('a.bin'), file('b.bin', large))).toBe(false);
    expect(queue.chooseAgain(keyOf('a.bin'), file('a.bin', large + 1))).toBe(false);
    expect(queue.chooseAgain(keyOf('a.bin'), file('a.bin', large))).toBe(true);
    await until(() => client.isSending('a.bin'));
    expect(client.resumed('a.bin')).toBe('upload-of-a.bin');
    client.finish('a.bin');
    await until(() => phases().join() === 'done');
    expect(storage.kept.size).toBe(0);
  });

  test('the same file to the same place goes on as well', async () => {
    client.parts('upload-of-a.bin', 2);
    await reload();
    add(file('a.bin', large));
    await until(() => client.isSending('a.bin'));
    expect(items()).toHaveLength(1);
    expect(client.resumed('a.bin')).toBe('upload-of-a.bin');
  });

  test('one that has ended meanwhile is not offered', async () => {
    client.end('upload-of-a.bin');
    add(file('a.bin', large));
    await until(() => storage.kept.size > 0);
    client.forgetPage();
    queue = open();
    await until(() => storage.kept.size === 0);
    expect(items()).toEqual([]);
  });

  test('what another tab is sending, of which this one is a copy, is left to it', async () => {
    client.parts('upload-of-a.bin', 2);
    add(file('a.bin', large));
    await until(() => storage.kept.size > 0);
    isOtherTabs = true;
    const copy = open();
    // As long as it takes where it is this tab's own.
    isOtherTabs = false;
    const own = open();
    await until(() => own.state.get().items.length > 0);
    expect(copy.state.get().items).toEqual([]);
    copy.close();
    expect(client.letGo).toEqual([]);
    expect(client.stopped).toEqual([]);
    own.close();
  });

  test('cancelling it lets it go', async () => {
    client.parts('upload-of-a.bin', 2);
    await reload();
    queue.remove(keyOf('a.bin'));
    expect(items()).toEqual([]);
    await until(() => client.letGo.includes('upload-of-a.bin'));
    expect(storage.kept.size).toBe(0);
  });
});

test('an upload that ended while its person had to sign in again is begun anew', async () => {
  add(file('a.bin', large));
  await until(() => client.isSending('a.bin'));
  queue.takeNextToken();
  client.fail('a.bin', new AskfileError('UPLOAD_NOT_FOUND', 'It has ended.'));
  await until(() => client.begun.length === 2);
  expect(client.resumed('a.bin')).toBeUndefined();
  expect(queue.countUnsent()).toBe(1);
});

test('thousands of files do not keep the page busy', async () => {
  client.finishAll();
  let told = 0;
  queue.state.subscribe(() => (told += 1));
  add(...Array.from({ length: 3000 }, (_, index) => file(`${index}.txt`)));
  await until(() => phases().every((phase) => phase === 'done'));
  expect(told).toBeLessThan(300);
});
