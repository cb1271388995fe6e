import { readSync } from 'node:fs';
import { fileFd } from './file.js';
import type { Found } from './found.js';

/** Of the ISO base media file format (ISO/IEC 14496-12): MP4, QuickTime, 3GPP. */
interface Box {
  readonly type: string;
  /** Of what is in it. */
  readonly start: number;
  readonly end: number;
}

const maxBoxes = 10_000;

/** Its length, and its size as it is shown. Nothing of what is not there, or not in the place where it belongs. */
export function readMp4(sizeBytes: number): Found {
  const movie = [...boxesIn(0, sizeBytes)].find(({ type }) => type === 'moov');
  if (movie === undefined) return {};
  let found: Found = {};
  for (const box of boxesIn(movie.start, movie.end)) {
    if (box.type === 'mvhd') found = { ...found, ...readDuration(box) };
    if (box.type !== 'trak' || found.width !== undefined) continue;
    const header = [...boxesIn(box.start, box.end)].find(({ type }) => type === 'tkhd');
    if (header !== undefined) found = { ...found, ...readSize(header) };
  }
  return found;
}

function* boxesIn(start: number, end: number): Generator<Box, void> {
  for (let at = start, count = 0; at + 8 <= end && count < maxBoxes; count += 1) {
    const head = readAt(at, 16);
    if (head.length < 8) return;
    const type = head.toString('latin1', 4, 8);
    const short = head.readUInt32BE(0);
    const isLong = short === 1 && head.length === 16;
    // 0: to the end of what it is in.
    const size = short === 0 ? end - at : isLong ? Number(head.readBigUInt64BE(8)) : short;
    const headBytes = isLong ? 16 : 8;
    if (size < headBytes || at + size > end) return;
    yield { type, start: at + headBytes, end: at + size };
    at += size;
  }
}

function readDuration({ start }: Box): Found {
  const bytes = readAt(start, 32);
  if (bytes.length < 32) return {};
  const isLong = bytes[0] === 1;
  const timescale = bytes.readUInt32BE(isLong ? 20 : 12);
  const duration = isLong ? Number(bytes.readBigUInt64BE(24)) : bytes.readUInt32BE(16);
  // All ones: not known.
  const isKnown = timescale > 0 && duration !== 0xffffffff && duration < 2 ** 53;
  return isKnown ? { durationSeconds: duration / timescale } : {};
}

/** In whole and sixteen binary places, beside a matrix that may turn it. Sound has none. */
function readSize({ start }: Box): Found {
  const bytes = readAt(start, 96);
  const at = bytes[0] === 1 ? 36 : 24;
  if (bytes.length < at + 60) return {};
  const width = Math.round(bytes.readUInt32BE(at + 52) / 65_536);
  const height = Math.round(bytes.readUInt32BE(at + 56) / 65_536);
  if (width === 0 || height === 0) return {};
  const isTurned = bytes.readInt32BE(at + 16) === 0 && bytes.readInt32BE(at + 20) !== 0;
  return isTurned ? { width: height, height: width } : { width, height };
}

function readAt(position: number, count: number): Buffer {
  const bytes = Buffer.alloc(count);
  return bytes.subarray(0, readSync(fileFd, bytes, 0, count, position));
}
