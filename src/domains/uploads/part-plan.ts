import { badInput } from '../../core/errors.js';
import type { Upload } from './upload.js';

const mebibyte = 2 ** 20;
/** Small enough that little is sent again after a failure, and not so small that requests are what it costs. */
const minPartBytes = 8 * mebibyte;
/** One page of storage's list; S3 takes ten times as many. */
const wantedParts = 1000;

/** How a file is cut: into parts of equal size, a whole number of MiB that grows with the file; the last is the rest. */
export function planPartSize(sizeBytes: number): number {
  const wanted = Math.ceil(sizeBytes / wantedParts / mebibyte) * mebibyte;
  return Math.max(wanted, minPartBytes);
}

/** An upload that is put in parts. */
export type PartedUpload = Upload & { readonly partSizeBytes: number };

export function isInParts(upload: Upload): upload is PartedUpload {
  return upload.partSizeBytes !== null;
}

export function countParts({ sizeBytes, partSizeBytes }: PartedUpload): number {
  return Math.ceil(sizeBytes / partSizeBytes);
}

/** Of the part with this number, from 1. */
export function sizeOfPart(upload: PartedUpload, partNumber: number): number {
  const { sizeBytes, partSizeBytes } = upload;
  return Math.min(partSizeBytes, sizeBytes - (partNumber - 1) * partSizeBytes);
}

/** Throws BAD_USER_INPUT unless each is the number of a part of this upload, and none comes twice. */
export function assertPartNumbers(upload: PartedUpload, partNumbers: readonly number[], field: string): void {
  const partCount = countParts(upload);
  for (const partNumber of partNumbers) {
    if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > partCount) {
      throw badInput(field, `This upload has parts 1 to ${partCount}.`);
    }
  }
  if (new Set(partNumbers).size < partNumbers.length) throw badInput(field, 'Name each part once.');
}
