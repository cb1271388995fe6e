import { crc32 } from 'node:zlib';
import { fromFdPromise, type Entry, type LocalFileHeader, type ZipFile } from 'yauzl';
import { ArchiveRefusal, refuseAsDamaged, type ArchiveWalk } from './archive-walk.js';
import type { Bytes } from './byte-source.js';

/** Where a member lies: from its local header to the end of its data. */
interface Extent {
  readonly start: number;
  readonly end: number;
  readonly hasDescriptor: boolean;
}

/** Flags of a member that is encrypted: plainly, strongly, or down to its header. */
const encryptionFlags = 0x0001 | 0x0040 | 0x2000;
const descriptorFlag = 0x0008;

/** Bytes that a data descriptor may take: with or without its signature, in 32 or 64 bits; some flag it and omit it. */
const descriptorBytes = [0, 12, 16, 20, 24];
/** Between the last member and the central directory's end there may be ZIP64's two records. */
const zip64EndBytes = 56 + 20;
const endBytes = 22;

/**
 * Reads a ZIP by its central directory, and holds the local headers against it: readers differ in which of the two
 * they believe, and what one shows another hides. Every byte of the file must belong to exactly one member or table.
 */
export async function inspectZip(fd: number, walk: ArchiveWalk): Promise<void> {
  const zip = await fromFdPromise(fd, { autoClose: false, decodeStrings: false });
  walk.countMembers(zip.entryCount);
  const extents: Extent[] = [];
  let directoryBytes = 0;
  for await (const entry of zip.eachEntry()) {
    directoryBytes += 46 + entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength;
    extents.push(await inspectMember(zip, entry, walk));
  }
  assertNothingHidden(extents, zip.fileSize - endBytes - zip.comment.length - directoryBytes);
}

async function inspectMember(zip: ZipFile, entry: Entry, walk: ArchiveWalk): Promise<Extent> {
  const local = await zip.readLocalFileHeaderPromise(entry);
  if (((entry.generalPurposeBitFlag | local.generalPurposeBitFlag) & encryptionFlags) !== 0) {
    throw new ArchiveRefusal('encrypted archive');
  }
  if (!entry.canDecodeFileData()) {
    throw new ArchiveRefusal('archive member compressed in a way that cannot be looked into');
  }
  assertHeadersAgree(entry, local);
  walk.assertSize(entry.uncompressedSize);
  const bytes = await zip.openReadStreamPromise(entry);
  try {
    await walk.member(withCrc(bytes, entry.crc32));
  } finally {
    bytes.destroy();
  }
  return {
    start: entry.relativeOffsetOfLocalHeader,
    end: local.fileDataStart + entry.compressedSize,
    hasDescriptor: (local.generalPurposeBitFlag & descriptorFlag) !== 0,
  };
}

function assertHeadersAgree(entry: Entry, local: LocalFileHeader): void {
  // With a descriptor, size and CRC follow the data; in ZIP64, they are in an extra field.
  const hasSizes = (local.generalPurposeBitFlag & descriptorFlag) === 0;
  const differs = (own: number, listed: number) => own !== 0xffffffff && own !== listed;
  if (
    local.compressionMethod !== entry.compressionMethod ||
    !local.fileName.equals(entry.fileNameRaw) ||
    (hasSizes &&
      (local.crc32 !== entry.crc32 ||
        differs(local.compressedSize, entry.compressedSize) ||
        differs(local.uncompressedSize, entry.uncompressedSize)))
  ) {
    throw refuseAsDamaged();
  }
}

async function* withCrc(bytes: Bytes, expected: number): AsyncGenerator<Buffer, void> {
  let crc = 0;
  for await (const chunk of bytes) {
    crc = crc32(chunk, crc);
    yield chunk;
  }
  if (crc !== expected) throw refuseAsDamaged();
}

/** Members that overlap inflate the same bytes again and again; gaps hide members from this directory's readers. */
function assertNothingHidden(extents: Extent[], directoryStart: number): void {
  const ordered = extents.toSorted((a, b) => a.start - b.start);
  let end = 0;
  let gaps = [0];
  for (const extent of ordered) {
    if (!gaps.includes(extent.start - end)) throw refuseAsDamaged();
    end = extent.end;
    gaps = extent.hasDescriptor ? descriptorBytes : [0];
  }
  const lastGap = directoryStart - end;
  if (!gaps.includes(lastGap) && !gaps.includes(lastGap - zip64EndBytes)) {
    throw refuseAsDamaged();
  }
}
