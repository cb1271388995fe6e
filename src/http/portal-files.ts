import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

/** Whole and compressed: all of them are a few hundred kilobytes. */
export interface PortalFile {
  readonly contentType: string;
  /** Of its content. */
  readonly hash: string;
  /** By content coding; `identity` always. */
  readonly bodies: Readonly<Partial<Record<'br' | 'gzip', Buffer>> & { identity: Buffer }>;
}

export interface PortalFiles {
  /** With `noncePlaceholder` where the page's nonce belongs. */
  readonly index: string;
  /** By name, without a path; none ever changes under its name. */
  readonly files: ReadonlyMap<string, PortalFile>;
  /** The script for pages of others. */
  readonly embed: PortalFile;
}

export const noncePlaceholder = '__CSP_NONCE__';

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** What `npm run build` has left in `folder`; undefined where it has not run. */
export async function readPortalFiles(folder: string): Promise<PortalFiles | undefined> {
  const index = await readIfThere(join(folder, 'index.html'));
  if (index === undefined) return undefined;
  const staticFolder = join(folder, 'static');
  const names = (await readdir(staticFolder)).filter((name) => contentTypes[extname(name)] !== undefined);
  const files = await Promise.all(
    names.map(async (name) => [name, await readOne(staticFolder, name)] as const),
  );
  return {
    index: index.toString(),
    files: new Map(files),
    embed: await readOne(join(folder, 'embed'), 'askfile-prompts.js'),
  };
}

async function readOne(folder: string, name: string): Promise<PortalFile> {
  const path = join(folder, name);
  const [identity, br, gzip] = await Promise.all([
    readFile(path),
    readIfThere(`${path}.br`),
    readIfThere(`${path}.gz`),
  ]);
  return {
    contentType: contentTypes[extname(name)] ?? 'application/octet-stream',
    hash: createHash('sha256').update(identity).digest('base64url'),
    bodies: { identity, ...(br && { br }), ...(gzip && { gzip }) },
  };
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    // Node's errors fail instanceof where tests run.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
