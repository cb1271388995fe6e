import { CopyObjectCommand } from '@aws-sdk/client-s3';
import { ObjectChangedError } from '../../../domains/storage/object-store.js';
import { toFault } from '../fault.js';
import { encodeKey, encodeText } from '../urls.js';
import { contentType, failed, ok, request, send, storeBody, weak } from './check.js';
import type { Check, CheckContext, Finding } from './check.js';

const otherEtag = `"${'0'.repeat(32)}"`;
const forced = {
  contentType: 'application/pdf',
  contentDisposition: `attachment; filename="a b.pdf"; filename*=UTF-8''%E2%82%AC.pdf`,
  expiresInSeconds: 60,
};

/** What the service does with objects that are stored. */
export const objectChecks: readonly Check[] = [
  {
    what: 'A missing object is told from a forbidden one',
    async run({ store, newKey }) {
      try {
        await store.head(newKey());
        return ok;
      } catch {
        return failed(
          'Let STORAGE_ACCESS_KEY_ID list the bucket (s3:ListBucket): else what is missing looks forbidden.',
        );
      }
    },
  },
  { what: 'A copy of what was overwritten is refused', run: checkCopyCondition },
  {
    what: 'A read of what was overwritten is refused',
    async run({ store, newKey }) {
      const key = newKey();
      await storeBody(store, key);
      try {
        (await store.read(key, { etag: otherEtag })).destroy();
        return weak('If-Match is ignored; the service reads only copies, which nobody overwrites.');
      } catch (error) {
        if (error instanceof ObjectChangedError) return ok;
        throw error;
      }
    },
  },
  {
    what: 'The first bytes can be read alone',
    async run({ store, newKey }) {
      const key = newKey();
      await storeBody(store, key);
      let receivedBytes = 0;
      // No encoding is set: always a Buffer.
      for await (const chunk of await store.read(key, { byteCount: 4 }))
        receivedBytes += (chunk as Buffer).length;
      return receivedBytes === 4
        ? ok
        : failed('Range requests are ignored. Update the store, or use another.');
    },
  },
  {
    what: 'A download has the type, name and caching that we force',
    async run({ store, newKey }) {
      const key = newKey();
      await storeBody(store, key);
      const { url } = await store.presignGet({ key, ...forced });
      const answer = await request(url, { method: 'GET' });
      await answer?.body?.cancel();
      const holds =
        answer?.status === 200 &&
        answer.headers.get('content-type') === forced.contentType &&
        answer.headers.get('content-disposition') === forced.contentDisposition &&
        answer.headers.get('cache-control') === 'private, no-store';
      return holds
        ? ok
        : failed('response-* parameters are not honoured: uploads could run as pages. Use another store.');
    },
  },
  {
    what: 'An expired download URL is refused',
    async run({ store, expiredStore, newKey }) {
      const key = newKey();
      await storeBody(store, key);
      const { url } = await expiredStore.presignGet({ key, ...forced });
      return (await send(url, { method: 'GET' })) === 200
        ? failed("Set the store's clock right; URLs must end.")
        : ok;
    },
  },
  {
    what: 'A list has what was stored, and lacks what was deleted',
    async run({ store, newKey }) {
      const key = newKey();
      const isListed = async () => (await store.list(key)[Symbol.asyncIterator]().next()).done !== true;
      await storeBody(store, key);
      const before = await isListed();
      await store.delete(key);
      return before && !(await isListed())
        ? ok
        : failed('Lists come late here: reconcile would misjudge. Use another store.');
    },
  },
];

async function checkCopyCondition({ client, config, store, newKey }: CheckContext): Promise<Finding> {
  const [from, to, caught] = [newKey(), newKey(), newKey()];
  await storeBody(store, from);
  const copying = { from, to: caught, etag: otherEtag, contentType };
  const isCaught = await store.copy(copying).then(
    () => false,
    (error: unknown) => error instanceof ObjectChangedError,
  );
  if (!isCaught || (await store.head(caught)) !== undefined) {
    return failed('Copies cannot be tied to what was verified. Use another store.');
  }
  try {
    await client.send(
      new CopyObjectCommand({
        Bucket: config.bucket,
        Key: to,
        CopySource: `${encodeText(config.bucket)}/${encodeKey(from)}`,
        CopySourceIfMatch: otherEtag,
      }),
    );
  } catch (error) {
    const fault = toFault('CopyObject', error);
    if (fault.httpStatus === 412) return ok;
    throw fault;
  }
  return weak('CopySourceIfMatch is ignored; the service compares the copy and deletes it when it differs.');
}
