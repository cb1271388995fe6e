import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { archiveHeadBytes, findArchiveKind } from './archive-kind.js';
import type { ArchiveLimits } from './archive-limits.js';
import { ArchiveRefusal, refuseAsDamaged, type ArchiveWalk } from './archive-walk.js';
import { peek, type Bytes } from './byte-source.js';
import { inspectTar } from './inspect-tar.js';
import { inspectZip } from './inspect-zip.js';
import type { ScanVerdict } from './scanner.js';
import { makeSpool, type Spool } from './spool.js';
import { makeSignatureSearch } from './test-signatures.js';

export interface InspectionOptions {
  readonly limits: ArchiveLimits;
  readonly tmpDir: string;
  readonly signal: AbortSignal;
}

/**
 * Unpacks an archive to its last byte, in all its depths, keeping none of it: CLEAN when every member could be read
 * whole within the limits and was what the archive's own tables say. Says nothing about malware, save for test
 * signatures. Throws what keeps it from looking (a full disk, an abort), never what is wrong with the archive.
 */
export async function inspectArchive(archive: Spool, options: InspectionOptions): Promise<ScanVerdict> {
  try {
    await makeWalker(options).archive(archive);
    return { status: 'CLEAN' };
  } catch (error) {
    options.signal.throwIfAborted();
    if (error instanceof ArchiveRefusal) return { status: 'BLOCKED', reason: error.message };
    if (isSystemFault(error)) throw error;
    // What yauzl and zlib have to say about bytes: a CRC, a size, an offset, a Huffman table.
    return { status: 'BLOCKED', reason: refuseAsDamaged().message };
  }
}

function makeWalker({ limits, tmpDir, signal }: InspectionOptions) {
  let members = 0;
  let totalBytes = 0;

  function walkAt(depth: number): ArchiveWalk {
    return {
      countMembers(count) {
        members += count;
        if (members > limits.maxMembers) throw new ArchiveRefusal('archive with too many members');
      },
      assertSize(sizeBytes) {
        if (sizeBytes > limits.maxMemberBytes) throw tooLarge();
      },
      member: (bytes) => content(counted(bytes), depth),
    };
  }

  /** `depth` is that of the archive that holds these bytes; 0 for what was uploaded. */
  async function content(bytes: Bytes, depth: number): Promise<void> {
    const { head, all } = await peek(bytes, archiveHeadBytes);
    const kind = findArchiveKind(head);
    if (kind === undefined) return search(all);
    if (kind.kind === 'opaque') {
      throw new ArchiveRefusal(`${kind.name} archive, which cannot be looked into; ZIP and gzip can`);
    }
    const walk = walkAt(depth + 1);
    if (depth + 1 > limits.maxDepth) throw new ArchiveRefusal('archives nested too deep');
    if (kind.kind === 'tar') return inspectTar(all, walk);
    if (kind.kind === 'gzip') return gunzip(all, walk);
    const spool = await makeSpool(tmpDir);
    try {
      for await (const chunk of all) await spool.write(chunk);
      await inspectZip(spool.fd, walk);
    } finally {
      await spool.close();
    }
  }

  async function gunzip(bytes: Bytes, walk: ArchiveWalk): Promise<void> {
    walk.countMembers(1);
    await pipeline(bytes, createGunzip(), (inflated: Bytes) => walk.member(inflated));
  }

  async function* counted(bytes: Bytes): AsyncGenerator<Buffer, void> {
    let memberBytes = 0;
    for await (const chunk of bytes) {
      signal.throwIfAborted();
      memberBytes += chunk.length;
      totalBytes += chunk.length;
      if (memberBytes > limits.maxMemberBytes) throw tooLarge();
      if (totalBytes > limits.maxTotalBytes) throw new ArchiveRefusal('archive too large when unpacked');
      yield chunk;
    }
  }

  return {
    /** The ZIP is read where it lies; the others from the first byte on. */
    async archive(spool: Spool): Promise<void> {
      const kind = findArchiveKind(await spool.head(archiveHeadBytes));
      if (kind?.kind === 'zip') return inspectZip(spool.fd, walkAt(1));
      return content(spool.bytes(), 0);
    },
  };
}

function tooLarge(): ArchiveRefusal {
  return new ArchiveRefusal('archive member too large to be scanned');
}

async function search(bytes: Bytes): Promise<void> {
  const signatures = makeSignatureSearch();
  for await (const chunk of bytes) {
    const found = signatures.push(chunk);
    if (found !== undefined) throw new ArchiveRefusal(found);
  }
}

/** The machine's fault, not the archive's: a full disk, a broken one. zlib's own errors name no system call. */
function isSystemFault(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
