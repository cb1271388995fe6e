import { refuseAsDamaged, type ArchiveWalk } from './archive-walk.js';
import { makeByteSource, type Bytes } from './byte-source.js';

const blockBytes = 512;
/** Of a header that extends the next one: a long name, or pax records. */
const maxExtensionBytes = 64 * 1024;

/** Type flags of what carries bytes; links, devices and folders carry none. */
const fileTypes = new Set(['0', '\0', '7']);
const emptyTypes = new Set(['1', '2', '3', '4', '5', '6']);
const longNameTypes = new Set(['L', 'K']);

/** Reads a tar (ustar, GNU, pax) from its first byte to its last; nothing may follow its end but zeros. */
export async function inspectTar(bytes: Bytes, walk: ArchiveWalk): Promise<void> {
  const source = makeByteSource(bytes);
  let paxSize: number | undefined;

  /** The next bytes, and over the padding behind them. */
  async function readWhole(sizeBytes: number): Promise<Buffer> {
    if (sizeBytes > maxExtensionBytes) throw refuseAsDamaged();
    const content = await source.read(sizeBytes + padding(sizeBytes));
    if (content.length < sizeBytes) throw refuseAsDamaged();
    return content.subarray(0, sizeBytes);
  }

  async function* member(sizeBytes: number): AsyncGenerator<Buffer, void> {
    let left = sizeBytes;
    for await (const piece of source.stream(sizeBytes)) {
      left -= piece.length;
      yield piece;
    }
    if (left > 0) throw refuseAsDamaged();
    await source.read(padding(sizeBytes));
  }

  try {
    for (;;) {
      const header = await source.read(blockBytes);
      if (header.length === 0 || isZero(header)) break;
      if (header.length < blockBytes || !hasChecksum(header)) throw refuseAsDamaged();
      const type = header.toString('latin1', 156, 157);
      const sizeBytes = paxSize ?? readSize(header);
      if (longNameTypes.has(type)) {
        await readWhole(sizeBytes);
      } else if (type === 'x' || type === 'g') {
        const size = findPaxSize(await readWhole(readSize(header)));
        // For every file that follows: no known writer does, and readers differ in what they make of it.
        if (type === 'g' && size !== undefined) throw refuseAsDamaged();
        paxSize = size;
      } else {
        // Sparse files and volumes of several tapes end here.
        if (!fileTypes.has(type) && !(emptyTypes.has(type) && sizeBytes === 0)) throw refuseAsDamaged();
        paxSize = undefined;
        walk.countMembers(1);
        walk.assertSize(sizeBytes);
        await walk.member(member(sizeBytes));
      }
    }
    for await (const piece of source.stream(Infinity)) if (!isZero(piece)) throw refuseAsDamaged();
  } finally {
    await source.close();
  }
}

function padding(sizeBytes: number): number {
  return (blockBytes - (sizeBytes % blockBytes)) % blockBytes;
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}

/** The sum of the header's bytes, with spaces in the place of the sum itself. */
function hasChecksum(header: Buffer): boolean {
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 0x20 : byte), 0);
  return sum === readOctal(header, 148, 8);
}

/** Octal, or GNU's base 256: written from 8 GiB on, which is more than is ever looked into. */
function readSize(header: Buffer): number {
  return ((header[124] ?? 0) & 0x80) === 0 ? readOctal(header, 124, 12) : Infinity;
}

function readOctal(header: Buffer, start: number, length: number): number {
  const digits = /^ *([0-7]*)[ \0]*$/.exec(header.toString('latin1', start, start + length))?.[1];
  if (digits === undefined) throw refuseAsDamaged();
  return digits === '' ? 0 : parseInt(digits, 8);
}

/** Records are `length key=value\n`, the length in bytes of all of it. */
function findPaxSize(records: Buffer): number | undefined {
  let size: number | undefined;
  for (let start = 0; start < records.length;) {
    const length = Number(/^(\d{1,5}) /.exec(records.toString('latin1', start, start + 6))?.[1]);
    if (!(length > 0) || start + length > records.length) throw refuseAsDamaged();
    const value = /^\d+ size=(\d{1,15})\n$/.exec(records.toString('latin1', start, start + length))?.[1];
    if (value !== undefined) size = Number(value);
    start += length;
  }
  return size;
}
