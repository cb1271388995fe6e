import { AppError } from '../../../src/core/errors.js';
import {
  assertPartNumbers,
  countParts,
  planPartSize,
  sizeOfPart,
  type PartedUpload,
} from '../../../src/domains/uploads/part-plan.js';

const mebibyte = 2 ** 20;
const gibibyte = 2 ** 30;

const planOf = (sizeBytes: number) => {
  // Nothing else of an upload is looked at.
  const upload = { sizeBytes, partSizeBytes: planPartSize(sizeBytes) } as PartedUpload;
  return { ...upload, partCount: countParts(upload), upload };
};

test.each([
  5 * mebibyte,
  8 * mebibyte,
  8 * mebibyte + 1,
  64 * mebibyte,
  5 * gibibyte,
  8000 * mebibyte + 1,
  5000 * gibibyte,
])('%d bytes are cut as storage takes them, and the parts are the whole', (sizeBytes) => {
  const { partSizeBytes, partCount, upload } = planOf(sizeBytes);
  expect(partSizeBytes % mebibyte).toBe(0);
  expect(partSizeBytes).toBeGreaterThanOrEqual(5 * mebibyte);
  expect(partSizeBytes).toBeLessThanOrEqual(5 * gibibyte);
  expect(partCount).toBeLessThanOrEqual(10_000);
  const last = sizeOfPart(upload, partCount);
  expect(last).toBeGreaterThan(0);
  expect(last).toBeLessThanOrEqual(partSizeBytes);
  expect((partCount - 1) * partSizeBytes + last).toBe(sizeBytes);
});

test('parts grow with the file, so that there are a thousand at most', () => {
  expect(planOf(64 * mebibyte)).toMatchObject({ partSizeBytes: 8 * mebibyte, partCount: 8 });
  expect(planOf(5 * gibibyte)).toMatchObject({ partSizeBytes: 8 * mebibyte, partCount: 640 });
  expect(planOf(100 * gibibyte)).toMatchObject({ partSizeBytes: 103 * mebibyte, partCount: 995 });
});

test.each([[[0]], [[4]], [[-1]], [[1.5]], [[Number.NaN]], [[1, 2, 1]]])(
  'numbers that are no parts of it, or come twice, are refused: %j',
  (partNumbers) => {
    const { upload } = planOf(17 * mebibyte);
    expect(() => assertPartNumbers(upload, partNumbers, 'parts')).toThrow(AppError);
    expect(() => assertPartNumbers(upload, [3, 1, 2], 'parts')).not.toThrow();
  },
);
