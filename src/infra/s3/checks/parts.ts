import type { MultipartUpload } from '../../../domains/storage/object-store.js';
import { body, contentType, failed, ok, send } from './check.js';
import type { Check, CheckContext } from './check.js';

const useOther =
  'Large files cannot be put on this store. Update it, use another, or raise MULTIPART_FROM_BYTES.';

/** Uploads in parts: how large files come. */
export const partChecks: readonly Check[] = [
  {
    what: 'Parts are joined to one object',
    async run(context) {
      const upload = await begin(context);
      await sendPart(context, upload, body);
      await context.store.completeMultipart(upload, (await context.store.listParts(upload)) ?? []);
      const stored = await context.store.head(upload.key);
      return stored?.sizeBytes === body.length ? ok : failed(useOther);
    },
  },
  {
    what: 'A part of another length is refused',
    async run(context) {
      const upload = await begin(context);
      for (const other of [Buffer.concat([body, body]), body.subarray(1)]) {
        await sendPart(context, upload, other);
      }
      const arrived = await context.store.listParts(upload);
      await context.store.abortMultipart(upload);
      return arrived?.length === 0 ? ok : failed(useOther);
    },
  },
  {
    what: 'Uploads in parts are listed and aborted',
    async run(context) {
      const { key, multipartId } = await begin(context);
      let isListed = false;
      for await (const listed of context.store.listMultipartUploads(key)) {
        isListed ||= listed.multipartId === multipartId;
      }
      await context.store.abortMultipart({ key, multipartId });
      const isGone = (await context.store.listParts({ key, multipartId })) === undefined;
      return isListed && isGone ? ok : failed(useOther);
    },
  },
];

async function begin({ store, newKey }: CheckContext): Promise<MultipartUpload> {
  const key = newKey();
  return { key, multipartId: await store.createMultipart({ key, contentType }) };
}

/** By a request that was signed for `body`. */
async function sendPart({ store }: CheckContext, upload: MultipartUpload, bytes: Buffer): Promise<void> {
  const signed = { ...upload, partNumber: 1, sizeBytes: body.length, expiresInSeconds: 60 };
  const { url } = await store.presignPart(signed);
  // Of a Blob without type, as browsers send a slice of a file.
  await send(url, { method: 'PUT', body: new Blob([new Uint8Array(bytes)]) });
}
