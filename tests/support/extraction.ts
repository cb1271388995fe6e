import { symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Extract, Extraction, Extractor } from '../../src/domains/processing/extractor.js';
import type { ProcessingKind } from '../../src/domains/processing/processing.js';
import { makeExtractor, type ExtractorOptions } from '../../src/infra/extraction/extractor.js';
import { makeRecordingLog } from './recording-log.js';

/** Compiled before the tests, see global-setup: to do so anew for each file takes seconds. */
export const childEntry = new URL('../../.data/tests/child/main.js', import.meta.url);

/** The same in a folder of its own, by which its processes are told from those of tests that run beside. */
export async function linkChildEntry(folder: string): Promise<URL> {
  const link = join(folder, 'child');
  await symlink(fileURLToPath(new URL('.', childEntry)), link);
  return pathToFileURL(join(link, 'main.js'));
}

/** As the service's own, in how much it may take; programs of this machine are not used. */
export function makeTestExtractor(options: Partial<ExtractorOptions> = {}): Extractor {
  return makeExtractor({
    entry: childEntry,
    tmpDir: tmpdir(),
    maxSizeBytes: 2 ** 30,
    memoryMegabytes: 1024,
    timeoutSeconds: 60,
    maxTextBytes: 2 ** 20,
    ocrLanguages: null,
    log: makeRecordingLog(),
    findTools: () => Promise.resolve({}),
    ...options,
  });
}

export function openExtractor(options: Partial<ExtractorOptions> = {}) {
  const extractor = makeTestExtractor(options);
  const extract = (kind: ProcessingKind, mimeType: string, bytes: Buffer): Promise<Extraction> =>
    extractor.extract(
      Readable.from([bytes], { objectMode: false }),
      { kind, mimeType, sizeBytes: bytes.length },
      new AbortController().signal,
    );
  return {
    extractor,
    extract,
    /** What was found; throws when nothing was. */
    async found(kind: ProcessingKind, mimeType: string, bytes: Buffer): Promise<Extract> {
      const extraction = await extract(kind, mimeType, bytes);
      if (extraction.status !== 'DONE') throw new Error(`${extraction.status}: ${extraction.reason}`);
      return extraction.extract;
    },
  };
}
