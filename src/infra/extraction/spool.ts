import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { makeSpool, type Spool } from '../../domains/scanning/spool.js';

/**
 * The whole stream in a temporary file without a name, made as fast as the disk takes it. Whoever gets it closes it.
 * Throws the stream's error, the system's, or the signal's reason; the stream is destroyed then.
 */
export async function spool(bytes: Readable, tmpDir: string, signal: AbortSignal): Promise<Spool> {
  const file = await makeSpool(tmpDir);
  try {
    await pipeline(
      bytes,
      async (chunks: AsyncIterable<Buffer>) => {
        for await (const chunk of chunks) await file.write(chunk);
      },
      { signal },
    );
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}
