import { createPortalClient } from '../../client/index.js';
import { fileFromPath } from '../../client/node.js';

/** How a file becomes an asset; resolves with its id. Throws `AskfileError`. */
export type UploadFile = (path: string) => Promise<string>;

/** Straight into the organization's Default space, which takes any type. */
export function makeSpaceUpload(options: { url: string; token: string }): UploadFile {
  const portal = createPortalClient(options);
  return async (path) => (await portal.assets.upload(await fileFromPath(path))).id;
}
