import { crc32 } from 'node:zlib';
import { makeZip } from './zip.js';

/*
 * A ZIP that holds nothing but itself, made as Russ Cox found in "Zip Files All The Way Down" (2010): a DEFLATE stream
 * of stored blocks ("print these bytes") and blocks of one match ("repeat the last bytes") that prints what comes
 * before it, itself, and what comes after it.
 */

/** As long as makes the local header 60 bytes, which `repeat` can say in five. */
const toName = (attempt: number) => `${String(attempt).padStart(26, '0')}.zip`;
const headerBytes = 60;
const directoryBytes = 98;

export function makeZipQuine(): Buffer {
  for (let attempt = 0; ; attempt += 1) {
    const build = (crc: number) => assemble(toName(attempt), crc);
    const crc = solveChecksum((assumed) => crc32(build(assumed)));
    if (crc !== undefined) return build(crc);
  }
}

function assemble(name: string, crc: number): Buffer {
  const { length } = makeProgram(Buffer.alloc(headerBytes), Buffer.alloc(directoryBytes));
  const said = { crc, sizeBytes: headerBytes + length + directoryBytes };
  const data = Buffer.alloc(length);
  const frame = makeZip([{ name, content: Buffer.alloc(0), data, local: said, central: said }]);
  const [before, after] = [frame.subarray(0, headerBytes), frame.subarray(headerBytes + length)];
  return Buffer.concat([before, makeProgram(before, after), after]);
}

function makeProgram(before: Buffer, after: Buffer): Buffer {
  const [none, one, four] = [print(0), print(5), print(20)];
  const repeatFour = repeat(20);
  const printBefore = print(before.length + 5);
  const repeatBefore = repeat(before.length + 5);
  // Its four bytes are printed with what follows.
  const repeatAfter = repeat(after.length + 4, { isLast: true });
  const printAfter = print(after.length + 4);
  return Buffer.concat([
    ...[printBefore, before, printBefore],
    repeatBefore,
    ...[one, repeatBefore],
    ...[one, one],
    ...[four, repeatBefore, one, one, four],
    repeatFour,
    ...[four, repeatFour, four, repeatFour, four],
    repeatFour,
    ...[four, repeatFour, none, none, printAfter],
    repeatFour,
    ...[none, none, printAfter, repeatAfter, after],
    repeatAfter,
  ]);
}

/** The header of a stored block: five bytes, when the block before it ends with a byte. */
function print(bytes: number): Buffer {
  const header = Buffer.alloc(5);
  header.writeUInt16LE(bytes, 1);
  header.writeUInt16LE(0xffff - bytes, 3);
  return header;
}

/** What repeats the last bytes: in five bytes to the bit, but for the last, which need not fill its own. */
function repeat(bytes: number, { isLast = false } = {}): Buffer {
  const bits: number[] = [];
  /** As DEFLATE has numbers (least bit first), and as it has codes. */
  const number = (value: number, width: number) => {
    for (let bit = 0; bit < width; bit += 1) bits.push((value >> bit) & 1);
  };
  const code = (value: number, width: number) => {
    for (let bit = width - 1; bit >= 0; bit -= 1) bits.push((value >> bit) & 1);
  };
  const open = () => {
    bits.push(isLast ? 1 : 0);
    number(1, 2);
  };
  const close = () => code(0, 7);
  const match = (length: number) => {
    const [lengthCode, lengthBits, shortest] = find(lengthCodes, length);
    code(lengthCode - 256, 7);
    number(length - shortest, lengthBits);
    const [distanceCode, distanceBits, nearest] = find(distanceCodes, bytes);
    code(distanceCode, 5);
    number(bytes - nearest, distanceBits);
  };

  if (bytes === 20) {
    open();
    match(10);
    match(10);
    close();
  } else {
    // A block of nothing, to fill the five bytes.
    if (!isLast) {
      open();
      close();
    }
    open();
    match(bytes);
    close();
  }
  if (!isLast && bits.length !== 40) throw new Error(`Repeating ${bytes} bytes takes ${bits.length} bits.`);
  const packed = Buffer.alloc(Math.ceil(bits.length / 8));
  bits.forEach((bit, index) =>
    packed.writeUInt8(packed.readUInt8(index >> 3) | (bit << (index & 7)), index >> 3),
  );
  return packed;
}

/** Of RFC 1951, 3.2.5, those that are needed: code, extra bits, and the least that they stand for. */
type Code = readonly [code: number, extraBits: number, from: number];
const lengthCodes: readonly Code[] = [
  [279, 4, 99],
  [276, 3, 59],
  [264, 0, 10],
];
const distanceCodes: readonly Code[] = [
  [13, 5, 97],
  [12, 5, 65],
  [8, 3, 17],
];

function find(codes: readonly Code[], value: number): Code {
  const found = codes.find(([, , from]) => value >= from);
  if (found === undefined) throw new Error(`No code stands for ${value}.`);
  return found;
}

/**
 * The checksum that a file must claim for it to be right. A CRC changes with each bit of what it is of by the same
 * bits whatever the others are, so this is a system of 32 equations modulo 2. undefined: it has no solution.
 */
function solveChecksum(claimToChecksum: (claim: number) => number): number | undefined {
  const constant = claimToChecksum(0);
  // What is 0 where the claim is right, by bits of the claim: [what they change, which they are].
  const rows: [effect: number, claim: number][] = [];
  for (let bit = 0; bit < 32; bit += 1) {
    const claim = (1 << bit) >>> 0;
    rows.push(reduce(rows, (claimToChecksum(claim) ^ constant ^ claim) >>> 0, claim));
  }
  const [left, claim] = reduce(rows, constant, 0);
  return left === 0 ? claim : undefined;
}

/** Takes out of an effect what those before can make of it, by their highest bits. */
function reduce(rows: readonly [number, number][], effect: number, claim: number): [number, number] {
  for (const [other, otherClaim] of [...rows].sort(([a], [b]) => b - a)) {
    if (other !== 0 && effect & (1 << (31 - Math.clz32(other)))) {
      effect = (effect ^ other) >>> 0;
      claim = (claim ^ otherClaim) >>> 0;
    }
  }
  return [effect, claim];
}
