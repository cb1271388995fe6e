import { Readable } from 'node:stream';
import fc from 'fast-check';
import { ScannerUnavailableError } from '../../../src/domains/scanning/scanner.js';
import { makeClamdScanner, type ClamdOptions } from '../../../src/infra/clamd/scanner.js';
import { makeFakeClamd } from '../../support/fake-clamd.js';

const subject = { sizeBytes: 0, mimeType: 'application/octet-stream' };
const never = new AbortController().signal;

let clamd: Awaited<ReturnType<typeof makeFakeClamd>>;
beforeEach(async () => (clamd = await makeFakeClamd()));
afterEach(() => clamd.close());

function makeScanner(options: Partial<ClamdOptions> = {}) {
  return makeClamdScanner({
    host: clamd.host,
    port: clamd.port,
    socket: null,
    connectTimeoutMs: 2_000,
    idleTimeoutMs: 5_000,
    totalTimeoutMs: 20_000,
    concurrency: 4,
    ...options,
  });
}

function stream(...chunks: Buffer[]): Readable {
  return Readable.from(chunks, { objectMode: false });
}

function scan(bytes = stream(Buffer.from('hello')), options: Partial<ClamdOptions> = {}, signal = never) {
  return makeScanner(options).scan(bytes, subject, signal);
}

test('an exact OK is clean, and clamd has had every byte', async () => {
  const bytes = Buffer.alloc(300_000, 'abc');
  expect(await scan(stream(bytes.subarray(0, 7), bytes.subarray(7, 7), bytes.subarray(7)))).toEqual({
    status: 'CLEAN',
  });
  expect(clamd.received()[0]?.equals(bytes)).toBe(true);
});

test('an empty file has a verdict too', async () => {
  expect(await scan(stream())).toEqual({ status: 'CLEAN' });
});

test('the stream arrives whole however it is cut', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 200_000 }), { maxLength: 6 }), async (pieces) => {
      const chunks = pieces.map((piece) => Buffer.from(piece));
      expect(await scan(stream(...chunks))).toEqual({ status: 'CLEAN' });
      expect(clamd.received().at(-1)?.equals(Buffer.concat(chunks))).toBe(true);
    }),
    { numRuns: 25 },
  );
});

test('a find is blocked with its name', async () => {
  clamd.behave({ kind: 'answer', text: 'stream: Win.Test.EICAR_HDB-1 FOUND\0' });
  expect(await scan()).toEqual({ status: 'BLOCKED', reason: 'Win.Test.EICAR_HDB-1' });
});

test('an answer that is cut after any of its bytes is no verdict', async () => {
  const whole = 'stream: OK\0';
  for (let length = 0; length < whole.length; length += 1) {
    for (const kind of ['answer', 'answer-then-reset'] as const) {
      clamd.behave({ kind, text: whole.slice(0, length) });
      await expect(scan()).rejects.toThrow(ScannerUnavailableError);
    }
  }
});

test('a reset after the whole answer takes nothing from it', async () => {
  clamd.behave({ kind: 'answer-then-reset', text: 'stream: OK\0' });
  expect(await scan()).toEqual({ status: 'CLEAN' });
});

test.each([
  '',
  'OK\0',
  'stream: OK',
  'stream: OK\n',
  'stream: OK\0\0',
  'stream: OK\0x',
  'stream: OK\0stream: Eicar FOUND\0',
  'Stream: OK\0',
  'xstream: OK\0',
  'stream:  OK\0',
  'stream: FOUND\0',
  'stream:  FOUND\0',
  'stream: Eicar FOUND',
  "stream: Can't allocate memory ERROR\0",
  'UNKNOWN COMMAND\0',
  'Command read timed out.\0',
  `stream: ${'x'.repeat(10_000)} FOUND\0`,
])('%j is no verdict', async (text) => {
  clamd.behave({ kind: 'answer', text });
  await expect(scan()).rejects.toThrow(ScannerUnavailableError);
});

test('no other text is ever clean', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ maxLength: 30 }), async (text) => {
      fc.pre(text !== 'stream: OK\0');
      clamd.behave({ kind: 'answer', text });
      const outcome = await scan().catch((error: unknown) => error);
      expect(outcome).not.toEqual({ status: 'CLEAN' });
    }),
    { numRuns: 100 },
  );
});

test('an OK before the last byte was sent is no verdict', async () => {
  clamd.behave({ kind: 'early', afterBytes: 1, text: 'stream: OK\0' });
  await expect(scan(stream(Buffer.alloc(3_000_000)))).rejects.toThrow(ScannerUnavailableError);
});

test('the size limit, said while we still send, blocks, and the rest of the stream is still taken', async () => {
  clamd.behave({ kind: 'early', afterBytes: 100_000, text: 'INSTREAM size limit exceeded. ERROR\0' });
  let taken = 0;
  async function* chunks() {
    for (; taken < 200; taken += 1) yield await Promise.resolve(Buffer.alloc(50_000));
  }
  const outcome = await scan(Readable.from(chunks()));
  expect(outcome).toEqual({ status: 'BLOCKED', reason: 'larger than the scanner accepts' });
  expect(taken).toBe(200);
});

test('a connection that is reset after any number of bytes is no verdict', async () => {
  for (const afterBytes of [0, 1, 65_536, 150_000, 299_999, 300_000]) {
    clamd.behave({ kind: 'reset-after', afterBytes });
    await expect(scan(stream(Buffer.alloc(300_000)))).rejects.toThrow(ScannerUnavailableError);
  }
});

test('a clamd that never answers is given up after the idle timeout', async () => {
  clamd.behave({ kind: 'answer-then-hang', text: '' });
  await expect(scan(undefined, { idleTimeoutMs: 50 })).rejects.toThrow('did not answer in time');
  clamd.behave({ kind: 'answer-then-hang', text: 'stream: OK\0' });
  await expect(scan(undefined, { idleTimeoutMs: 50 })).rejects.toThrow(ScannerUnavailableError);
});

test('a clamd that reads nothing is given up, and holds the source back until then', async () => {
  clamd.behave({ kind: 'deaf' });
  let given = 0;
  async function* chunks() {
    for (; given < 1_000; given += 1) yield await Promise.resolve(Buffer.alloc(100_000));
  }
  const source = Readable.from(chunks());
  await expect(scan(source, { idleTimeoutMs: 300 })).rejects.toThrow('did not read in time');
  expect(given).toBeLessThan(500);
  expect(source.destroyed).toBe(true);
});

test('a scan that takes longer than allowed in all is given up, though it is never idle', async () => {
  async function* trickle() {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      yield Buffer.from('x');
    }
  }
  const source = Readable.from(trickle());
  await expect(scan(source, { totalTimeoutMs: 100 })).rejects.toThrow('took too long');
  expect(source.destroyed).toBe(true);
});

test('nobody listening is unavailable', async () => {
  const { port } = clamd;
  await clamd.close();
  const source = stream(Buffer.from('hello'));
  await expect(scan(source, { port })).rejects.toThrow('cannot be reached');
  expect(source.destroyed).toBe(true);
  await expect(makeScanner({ port }).ping()).rejects.toThrow(ScannerUnavailableError);
  await expect(makeScanner({ socket: '/nonexistent/clamd.sock' }).ping()).rejects.toThrow(
    ScannerUnavailableError,
  );
  clamd = await makeFakeClamd();
});

test('a source that fails is reported as itself, and clamd is left', async () => {
  const fault = new Error('storage broke off');
  async function* chunks() {
    yield await Promise.resolve(Buffer.alloc(100_000));
    throw fault;
  }
  await expect(scan(Readable.from(chunks()))).rejects.toBe(fault);
  await until(() => clamd.connections() === 0);
  expect(clamd.received()).toHaveLength(0);
});

test('a source that has failed before it is read is reported as itself', async () => {
  const source = new Readable({ read: () => undefined });
  source.on('error', () => undefined);
  const fault = new Error('storage broke off');
  source.destroy(fault);
  await expect(scan(source)).rejects.toBe(fault);
});

test('an abort ends the scan with its reason, at any moment', async () => {
  const reason = new Error('shutting down');
  await expect(scan(undefined, {}, AbortSignal.abort(reason))).rejects.toBe(reason);

  clamd.behave({ kind: 'answer-then-hang', text: '' });
  const waiting = new AbortController();
  const answerless = scan(undefined, {}, waiting.signal);
  await until(() => clamd.received().length === 1);
  waiting.abort(reason);
  await expect(answerless).rejects.toBe(reason);

  const reading = new AbortController();
  const endless = scan(new Readable({ read: () => undefined }), {}, reading.signal);
  await until(() => clamd.connections() === 1);
  reading.abort(reason);
  await expect(endless).rejects.toBe(reason);
  await until(() => clamd.connections() === 0);
});

test('no more scans run at a time than allowed; one that waits can be aborted', async () => {
  const scanner = makeScanner({ concurrency: 2 });
  await Promise.all(
    Array.from({ length: 12 }, () => scanner.scan(stream(Buffer.alloc(100)), subject, never)),
  );
  expect(clamd.received()).toHaveLength(12);
  expect(clamd.mostStreams()).toBeLessThanOrEqual(2);

  clamd.behave({ kind: 'answer-then-hang', text: '' });
  const running = new AbortController();
  const held = [1, 2].map(() => scanner.scan(stream(Buffer.alloc(1)), subject, running.signal));
  const waiting = new AbortController();
  const queued = scanner.scan(stream(Buffer.alloc(1)), subject, waiting.signal);
  const behind = scanner.scan(stream(Buffer.alloc(1)), subject, never);
  waiting.abort(new Error('enough'));
  await expect(queued).rejects.toThrow('enough');
  await until(() => clamd.connections() === 2);
  clamd.behave({ kind: 'answer', text: 'stream: OK\0' });
  running.abort(new Error('enough'));
  for (const scan of held) await expect(scan).rejects.toThrow('enough');
  expect(await behind).toEqual({ status: 'CLEAN' });
});

test('ping resolves on a PONG', async () => {
  await makeScanner().ping();
});

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('The condition did not come true in time.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
