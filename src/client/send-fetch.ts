import type { PresignedRequest } from './types.js';
import type { SendOptions } from './upload-source.js';

/** For workers and Node: fetch knows a Blob's length and sends it, but tells nothing on the way. */
export async function sendBlobByFetch(
  blob: Blob,
  request: PresignedRequest,
  { onSent, signal }: SendOptions,
  fetchGiven: typeof fetch | undefined,
): Promise<number> {
  const headers = request.headers.filter(({ name }) => !isSetByPlatform(name));
  onSent(0);
  // Looked up on each call, so that a page may replace the global one later (tracing, tests).
  const response = await (fetchGiven ?? fetch)(request.url, {
    method: request.method,
    headers: headers.map(({ name, value }): [string, string] => [name, value]),
    body: blob,
    signal,
  });
  await response.body?.cancel();
  return response.status;
}

/** What a browser sets itself, to the same value, and refuses to be told. */
export function isSetByPlatform(headerName: string): boolean {
  return ['content-length', 'host'].includes(headerName.toLowerCase());
}
