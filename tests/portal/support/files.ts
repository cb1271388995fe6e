import { createHash } from 'node:crypto';
import { open, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pdf } from '../../support/heart.js';
import type { GivenFile } from './stage.js';

export const plan: GivenFile = { name: 'plan.pdf', mimeType: 'application/pdf', buffer: pdf() };

/** The smallest PNG there is: one transparent dot. */
const dot = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

export const picture = (name: string): GivenFile => ({ name, mimeType: 'image/png', buffer: dot });

/** A PDF of this size on disk, which no test holds in memory. */
export async function makeLargeFile(sizeBytes: number) {
  const folder = await mkdtemp(join(tmpdir(), 'askfile-portal-'));
  const path = join(folder, 'annual-report.pdf');
  const file = await open(path, 'w');
  const hash = createHash('sha256');
  try {
    const block = Buffer.alloc(1024 * 1024, 'a page of an annual report. ');
    let written = 0;
    for (let part = Buffer.from('%PDF-1.7\n'); written < sizeBytes; part = block) {
      const bytes = part.subarray(0, sizeBytes - written);
      hash.update(bytes);
      await file.write(bytes);
      written += bytes.length;
    }
  } finally {
    await file.close();
  }
  return {
    path,
    sizeBytes,
    sha256: hash.digest('hex'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
