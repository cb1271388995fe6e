import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { ObjectStore, PresignedRequest } from '../../src/domains/storage/object-store.js';

export const textPlain = 'text/plain';

/** A key that no other test uses. */
export function newKey(extension = 'txt'): string {
  return `staging/${randomUUID()}.${extension}`;
}

/**
 * Sends a presigned request as a browser would, and resolves with the status; 0 when storage hung up, which it may
 * do instead of answering while bytes it does not want are still coming.
 */
export async function send(
  request: PresignedRequest,
  body?: Buffer | ReadableStream,
  headers: Readonly<Record<string, string>> = request.headers,
): Promise<number> {
  const init = { method: request.method, headers, ...(body === undefined ? {} : { body }) };
  try {
    // `duplex` is what fetch wants beside a streamed body; the DOM's types do not know it.
    const response = await fetch(request.url, { ...init, duplex: 'half' } as RequestInit);
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}

/** Stores `body` through a presigned URL, and fails the test where that fails. */
export async function put(store: ObjectStore, key: string, body: Buffer, contentType = textPlain) {
  const request = await store.presignPut({ key, contentType, sizeBytes: body.length, expiresInSeconds: 60 });
  expect(await send(request, body)).toBe(200);
  const stored = await store.head(key);
  if (stored === undefined) throw new Error('What was just stored is missing.');
  return stored;
}

export async function readAll(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer); // No encoding is set: always a Buffer.
  return Buffer.concat(chunks);
}

/** Sends each part by a request of its own, then joins them. All but the last have 5 MiB or more. */
export async function putInParts(store: ObjectStore, key: string, parts: readonly Buffer[]) {
  const upload = { key, multipartId: await store.createMultipart({ key, contentType: textPlain }) };
  for (const [index, part] of parts.entries()) {
    const asked = { ...upload, partNumber: index + 1, sizeBytes: part.length, expiresInSeconds: 60 };
    expect(await send(await store.presignPart(asked), part)).toBe(200);
  }
  await store.completeMultipart(upload, (await store.listParts(upload)) ?? []);
  const stored = await store.head(key);
  if (stored === undefined) throw new Error('What was just joined is missing.');
  return stored;
}
