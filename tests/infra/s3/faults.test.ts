import { createHash, randomBytes } from 'node:crypto';
import { makeS3ObjectStore } from '../../../src/infra/s3/object-store.js';
import type { ObjectStore } from '../../../src/domains/storage/object-store.js';
import { newKey, put, readAll } from '../../support/objects.js';
import { testStores } from '../../support/stores.js';
import type { OpenedStore } from '../../support/stores.js';
import { makeTcpProxy } from '../../support/tcp-proxy.js';
import type { TcpProxy } from '../../support/tcp-proxy.js';
import { until } from '../../support/until.js';

const unavailable = { code: 'STORAGE_UNAVAILABLE' };
const timeouts = { connectTimeoutMs: 500, requestTimeoutMs: 1_000, copyTimeoutMs: 1_000, idleTimeoutMs: 500 };

for (const testStore of testStores) {
  describe(`when ${testStore.name} fails`, () => {
    let opened: OpenedStore;
    let proxy: TcpProxy;
    let store: ObjectStore;
    const key = newKey('bin');
    const bytes = randomBytes(8_000_000);
    let etag: string;

    beforeAll(async () => {
      opened = await testStore.open();
      const direct = makeS3ObjectStore(opened.config);
      ({ etag } = await put(direct, key, bytes, 'application/octet-stream'));
      direct.close();
      const { hostname, port } = new URL(opened.config.endpoint);
      proxy = await makeTcpProxy({ to: { host: hostname, port: Number(port) } });
    });
    // A new client each time: many failures use up the budget for retries that a client has.
    beforeEach(() => {
      const endpoint = `http://${proxy.host}:${proxy.port}`;
      store = makeS3ObjectStore({ ...opened.config, endpoint }, timeouts);
    });
    afterEach(async () => {
      store.close();
      await proxy.heal();
    });
    afterAll(async () => {
      await proxy.close();
      await opened.close();
    });

    function everyCall(): Promise<unknown>[] {
      return [
        store.ping(),
        store.head(key),
        store.read(key),
        store.copy({ from: key, to: newKey(), etag, contentType: 'text/plain' }),
        store.delete(newKey()),
        store.list('')[Symbol.asyncIterator]().next(),
      ];
    }
    async function expectUnavailable(): Promise<void> {
      for (const outcome of await Promise.allSettled(everyCall())) {
        expect(outcome).toMatchObject({ status: 'rejected', reason: unavailable });
      }
    }

    test('every call says STORAGE_UNAVAILABLE while nobody listens, and works again after', async () => {
      await proxy.refuse();
      await expectUnavailable();
      await proxy.heal();
      expect(await store.head(key)).toMatchObject({ sizeBytes: bytes.length });
    });

    test('every call says STORAGE_UNAVAILABLE when connections are reset', async () => {
      proxy.reset();
      await expectUnavailable();
    });

    // Were there no timeout, this would hang until jest ends it.
    test('every call says STORAGE_UNAVAILABLE when storage takes the request and never answers', async () => {
      proxy.stall();
      await expectUnavailable();
    });

    test('every call says STORAGE_UNAVAILABLE when the answer is cut in its headers', async () => {
      proxy.cutAfterBytes(20);
      await expectUnavailable();
    });

    test('a connection that storage closed while it was idle costs one retry, not an error', async () => {
      await store.ping();
      proxy.reset();
      await proxy.heal();
      await expect(store.ping()).resolves.toBeUndefined();
    });

    test.each([1_000, 100_000, 7_999_999])('a read that is cut after %d bytes errors', async (after) => {
      proxy.cutAfterBytes(after);
      await expect(store.read(key).then(readAll)).rejects.toMatchObject(unavailable);
    });

    test('a read that stalls in the middle errors, and its connection is closed', async () => {
      const stream = await store.read(key);
      proxy.stall();
      await expect(readAll(stream)).rejects.toMatchObject(unavailable);
      await proxy.heal();
      await until(() => proxy.connections() === 0);
    });

    test('a consumer that pauses for longer than storage may be silent still gets every byte', async () => {
      const stream = await store.read(key);
      const hash = createHash('sha256');
      let pauses = 0;
      for await (const piece of stream) {
        hash.update(piece as Buffer); // No encoding is set: always a Buffer.
        // One pause beyond idleTimeoutMs: here time itself is what is tested.
        if (pauses++ === 3) await new Promise((resolve) => setTimeout(resolve, timeouts.idleTimeoutMs * 2));
      }
      expect(hash.digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'));
    });

    test('destroying the stream ends the request', async () => {
      const stream = await store.read(key);
      expect(proxy.connections()).toBeGreaterThan(0);
      stream.destroy();
      await until(() => proxy.connections() === 0);
    });

    test('a stream that is destroyed before its first byte came, while storage stalls, ends the request', async () => {
      const stream = await store.read(key);
      proxy.stall();
      stream.on('data', () => {});
      stream.destroy();
      await until(() => proxy.connections() === 0);
    });

    test('closing the store ends what is in flight', async () => {
      const stream = await store.read(key);
      store.close();
      await expect(readAll(stream)).rejects.toMatchObject(unavailable);
    });
  });
}
