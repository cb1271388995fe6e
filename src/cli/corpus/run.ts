import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AskfileError } from '../../client/index.js';
import type { FollowedAsset } from './follow.js';
import type { CorpusResult } from './report.js';
import type { UploadFile } from './upload.js';

export interface RunCorpusOptions {
  readonly folder: string;
  /** At once. */
  readonly concurrency: number;
  readonly upload: UploadFile;
  readonly follow: (assetId: string) => Promise<FollowedAsset>;
  readonly onResult: (result: CorpusResult) => void;
}

/** Refusals that a file may earn; anything else is a fault of the service. */
const refusals = new Set([
  'BAD_USER_INPUT',
  'FILE_TOO_LARGE',
  'INVALID_CONSTRAINT',
  'MIME_TYPE_NOT_ALLOWED',
  'UPLOAD_MISMATCH',
]);

/** Uploads every file beneath the folder, and waits for what becomes of each. */
export async function runCorpus({
  folder,
  concurrency,
  upload,
  follow,
  onResult,
}: RunCorpusOptions): Promise<void> {
  const paths = listFiles(folder);

  async function work(): Promise<void> {
    // One iterator for all: each takes the next.
    for (let next = await paths.next(); !next.done; next = await paths.next()) {
      const startedAt = performance.now();
      const followed = await tryFile(next.value);
      const { mimeType: type, ...rest } = followed;
      onResult({ path: next.value, type, ...rest, seconds: (performance.now() - startedAt) / 1000 });
    }
  }

  async function tryFile(path: string): Promise<FollowedAsset> {
    const mimeType = `.${path.split('.').at(-1) ?? ''}`;
    try {
      return await follow(await upload(path));
    } catch (error) {
      if (!(error instanceof AskfileError)) throw error;
      const outcome = refusals.has(error.code) ? 'REFUSED' : 'ERROR';
      return { outcome, mimeType, reason: `${error.code}: ${error.message}` };
    }
  }

  await Promise.all(Array.from({ length: concurrency }, work));
}

/** Not by `opendir`'s own recursion, which leaves folders out in Node 20. */
async function* listFiles(folder: string): AsyncGenerator<string, void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* listFiles(path);
    else if (entry.isFile()) yield path;
  }
}
