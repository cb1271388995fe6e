import { realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { extname, join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Extraction, ExtractionSubject, Extractor } from '../../domains/processing/extractor.js';
import type { Log } from '../../core/log.js';
import { findCommands } from '../../embedded/commands.js';
import { detectSandbox } from '../sandbox/isolation.js';
import { runInSandbox, type SandboxLimits } from '../sandbox/sandbox.js';
import { maxThumbnailBytes, toExtraction } from './answer.js';
import type { ExtractionRequest, Tools } from './protocol.js';
import { spool } from './spool.js';

export interface ExtractorOptions {
  /** The child's module, `extraction/child/main`. */
  entry: URL;
  /** Where files lie while they are read. */
  tmpDir: string;
  /** What is larger is not read. */
  maxSizeBytes: number;
  memoryMegabytes: number;
  timeoutSeconds: number;
  maxTextBytes: number;
  /** Folders with credentials, which the child does not see, but for those that it runs from itself. */
  secrets?: readonly string[];
  /** null: pictures are not read for text. */
  ocrLanguages: string | null;
  log: Log;
  /** Programs that help: those on the PATH, unless said otherwise. */
  findTools?: () => Promise<Tools>;
}

/** Of what the child may ever have to write: modules that are compiled on the way, when they are TypeScript. */
const maxFileBytes = 64 * 2 ** 20;

/** Reads each file in a child process of its own: see `sandbox/`. */
export function makeExtractor(options: ExtractorOptions): Extractor {
  const { entry, tmpDir, maxSizeBytes, memoryMegabytes, timeoutSeconds, maxTextBytes } = options;
  const { log, ocrLanguages, secrets = [] } = options;
  const { findTools = () => findCommands(['ffmpeg', 'ffprobe', 'tesseract']) } = options;
  const limits: SandboxLimits = {
    memoryBytes: memoryMegabytes * 2 ** 20,
    heapMegabytes: Math.ceil(memoryMegabytes / 2),
    wallSeconds: timeoutSeconds,
    // Of all its threads together; the clock on the wall is what ends it.
    cpuSeconds: 4 * timeoutSeconds,
    fileBytes: maxFileBytes,
    // Text doubles when it is all escapes, a thumbnail grows by a third, and what was said may be put right.
    outputBytes: 2 * (6 * maxTextBytes + 2 * maxThumbnailBytes),
  };
  let detected: ReturnType<typeof detect> | undefined;

  async function detect() {
    const tools = await findTools();
    const needed = await listRealPaths([
      process.execPath,
      fileURLToPath(entry),
      ...Object.values({ ...tools }),
    ]);
    const hidden = (await listRealPaths(secrets)).filter(
      (folder) => !needed.some((path) => path === folder || path.startsWith(join(folder, sep))),
    );
    const isolation = await detectSandbox(await findCommands(['setpriv', 'unshare']), hidden);
    if (!isolation.isApart) {
      log.warn(
        {},
        'this system allows no namespaces: what looks into files is not kept from the network, nor from what the service’s user may read',
      );
    } else if (!isolation.isHiding) {
      log.warn({}, 'this system allows no mounts: what looks into files is not kept from the service’s own');
    }
    return { isolation, tools };
  }

  async function read(file: number, subject: ExtractionSubject, signal: AbortSignal): Promise<Extraction> {
    const { isolation, tools } = await (detected ??= detect());
    const { tesseract, ...others } = tools;
    const hasOcr = ocrLanguages !== null && tesseract !== undefined;
    const request: ExtractionRequest = {
      ...subject,
      maxTextBytes,
      tools: hasOcr ? { ...others, tesseract } : others,
      ocrLanguages: ocrLanguages ?? '',
    };
    const outcome = await runInSandbox(
      isolation,
      { entry: toEntry(entry), argument: JSON.stringify(request), file, limits },
      signal,
    );
    return toExtraction(outcome);
  }

  return {
    async extract(bytes, subject, signal) {
      if (subject.sizeBytes > maxSizeBytes) {
        bytes.destroy();
        const megabytes = Math.floor(maxSizeBytes / 2 ** 20);
        return { status: 'FAILED', reason: `Files of more than ${megabytes} MiB are not looked into.` };
      }
      const file = await spool(bytes, tmpDir, signal);
      try {
        return await read(file.fd, subject, signal);
      } finally {
        await file.close();
      }
    },
  };
}

/** Of those that exist. */
async function listRealPaths(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(paths.map((path) => realpath(path).catch(() => [])));
  return found.flat();
}

/** What is not compiled yet, as in development, is compiled by the child itself. */
function toEntry(url: URL): string[] {
  const path = fileURLToPath(url);
  if (extname(path) !== '.ts') return [path];
  return ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href, path];
}
