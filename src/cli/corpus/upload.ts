import { createPortalClient } from '../../client/index.js';
import { fileFromPath } from '../../client/node.js';
import { makeExecute } from '../../client/http.js';
import { toEndpoints } from '../../client/endpoint.js';
import type { Operation } from '../../client/operation.js';

const RequestUpload: Operation<
  { requestUpload: { id: string } },
  { userId: string; mimeType: string; maxSizeBytes: number }
> = {
  name: 'RequestUpload',
  text: `mutation RequestUpload($userId: ID!, $mimeType: String!, $maxSizeBytes: SafeInt!) {
    requestUpload(input: {
      userId: $userId, prompt: "a file of the corpus", allowedMimeTypes: [$mimeType], maxSizeBytes: $maxSizeBytes
    }) { id } }`,
};

const Viewer: Operation<unknown, object> = { name: 'Viewer', text: 'query Viewer { viewer { id } }' };

/** How a file becomes an asset; resolves with its id. Throws `AskfileError`. */
export type UploadFile = (path: string) => Promise<string>;

/** As a person's answer to an agent that asks for just such a file. */
export async function makeAnswerUpload(options: {
  url: string;
  appKey: string;
  personToken: string;
  userId: string;
}): Promise<UploadFile> {
  const { url, appKey, personToken, userId } = options;
  const ask = makeExecute({ url: toEndpoints(url).http, token: appKey, fetch: undefined });
  // Who has never been there cannot be asked.
  await makeExecute({ url: toEndpoints(url).http, token: personToken, fetch: undefined })(Viewer, {});
  const portal = createPortalClient({ url, token: personToken });
  return async (path) => {
    const file = await fileFromPath(path);
    const { mimeType, sizeBytes } = file;
    const { requestUpload } = await ask(RequestUpload, {
      userId,
      mimeType,
      maxSizeBytes: Math.max(sizeBytes, 1),
    });
    return (await portal.answer(requestUpload.id, file)).id;
  };
}
