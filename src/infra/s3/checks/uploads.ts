import { createHash } from 'node:crypto';
import { toPublicUrl } from '../urls.js';
import { body, contentType, failed, ok, presignUpload, send, storeBody, weak } from './check.js';
import type { Check, CheckContext, Finding } from './check.js';

const useOther = 'This store does not compare what an upload URL signs. Update it, or use another.';

/** What an upload URL lets its holder do: exactly one upload, of exactly the declared shape. */
export const uploadChecks: readonly Check[] = [
  {
    what: 'The declared bytes are stored',
    async run({ store, newKey }) {
      await storeBody(store, newKey());
      return ok;
    },
  },
  refuses('A longer body is refused', () => ({ body: Buffer.concat([body, body]) })),
  refuses('A shorter body is refused', () => ({ body: body.subarray(1) })),
  refuses('A body without a length is refused', () => {
    // `duplex` is what fetch wants beside a streamed body; the DOM's types do not know it.
    return { body: new Blob([body]).stream(), duplex: 'half' } as RequestInit;
  }),
  refuses('Another content type is refused', () => ({ headers: { 'content-type': 'text/html' } })),
  {
    what: 'An expired upload URL is refused',
    async run({ store, expiredStore, newKey }) {
      const key = newKey();
      const { url, headers } = await presignUpload(expiredStore, key);
      await send(url, { method: 'PUT', headers, body });
      return (await store.head(key)) === undefined
        ? ok
        : failed("Set the store's clock right; URLs must end.");
    },
  },
  {
    what: 'A wrong SHA-256 is refused',
    async run({ store, newKey }) {
      const key = newKey();
      const sha256 = createHash('sha256').update('other bytes').digest('hex');
      const { url, headers } = await presignUpload(store, key, sha256);
      await send(url, { method: 'PUT', headers, body });
      if ((await store.head(key)) === undefined) return ok;
      return weak('Accepted unverified; the service hashes what was stored and compares.');
    },
  },
  { what: 'An upload URL takes no x-amz-copy-source', run: checkCopySource },
  { what: 'An upload URL takes no x-amz-acl', run: checkAcl },
];

function refuses(what: string, tamper: () => RequestInit): Check {
  return {
    what,
    async run({ store, newKey }) {
      const key = newKey();
      const { url, headers } = await presignUpload(store, key);
      await send(url, { method: 'PUT', headers, body, ...tamper() });
      return (await store.head(key)) === undefined ? ok : failed(useOther);
    },
  };
}

async function checkCopySource({ config, store, newKey }: CheckContext): Promise<Finding> {
  const [secret, key] = [newKey(), newKey()];
  const etag = await storeBody(store, secret);
  // Two shapes: with bytes of its own, and empty, as a real copy request is.
  for (const own of [Buffer.alloc(body.length, 'x'), Buffer.alloc(0)]) {
    const declared = { key, contentType, sizeBytes: own.length, expiresInSeconds: 60 };
    const { url, headers } = await store.presignPut(declared);
    const pulling = { ...headers, 'x-amz-copy-source': `/${config.bucket}/${secret}` };
    await send(url, { method: 'PUT', headers: pulling, body: own });
    if ((await store.head(key))?.etag === etag) {
      return failed(
        'It copied another object. Set STORAGE_UPLOAD_ACCESS_KEY_ID and STORAGE_UPLOAD_SECRET_KEY to a credential that may only write.',
      );
    }
  }
  return ok;
}

async function checkAcl({ config, store, newKey }: CheckContext): Promise<Finding> {
  const [from, to] = [newKey(), newKey()];
  const { url, headers } = await presignUpload(store, from);
  await send(url, { method: 'PUT', headers: { ...headers, 'x-amz-acl': 'public-read' }, body });
  const isPublic = async (key: string) => (await send(toPublicUrl(config, key), { method: 'GET' })) === 200;
  if (!(await isPublic(from))) return ok;
  const etag = (await store.head(from))?.etag ?? '';
  await store.copy({ from, to, etag, contentType });
  return (await isPublic(to))
    ? failed('It made an object public, and its copy too. Forbid public ACLs on the bucket.')
    : weak(
        'It made the upload itself public until the service moved it; the copy is not. Forbid public ACLs.',
      );
}
