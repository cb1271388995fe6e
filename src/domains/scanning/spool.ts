import { randomUUID } from 'node:crypto';
import { mkdir, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';

const pieceBytes = 64 * 1024;

/**
 * A temporary file without a name: it is unlinked as soon as it is open, so that the system frees it however this
 * process ends. Readable by this user alone. Whoever makes one closes it.
 */
export async function makeSpool(tmpDir: string) {
  // Each time: what is temporary is cleared now and then.
  await mkdir(tmpDir, { recursive: true, mode: 0o700 });
  const path = join(tmpDir, `askfile-scan-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  try {
    await unlink(path);
  } catch (error) {
    await file.close();
    throw error;
  }
  async function readAt(position: number, count: number): Promise<Buffer> {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(count), 0, count, position);
    return buffer.subarray(0, bytesRead);
  }

  return {
    /** For readers by position. */
    fd: file.fd,
    /** The first `count` bytes, or all where there are fewer. */
    head: (count: number): Promise<Buffer> => readAt(0, count),
    /** All of it, from the start. */
    async *bytes(): AsyncGenerator<Buffer, void> {
      for (let position = 0; ;) {
        const piece = await readAt(position, pieceBytes);
        if (piece.length === 0) return;
        position += piece.length;
        yield piece;
      }
    },
    /** Appends all of it. Throws when the disk is full. */
    write: (chunk: Buffer): Promise<void> => file.writeFile(chunk),
    close: (): Promise<void> => file.close(),
  };
}

export type Spool = Awaited<ReturnType<typeof makeSpool>>;
