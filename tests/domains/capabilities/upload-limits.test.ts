import fc from 'fast-check';
import { coversMimeType, isMimeTypeAllowed } from '../../../src/core/mime.js';
import {
  defaultUploadLimits,
  intersectLimits,
  narrowLimits,
  type RequestedLimits,
  type UploadLimits,
} from '../../../src/domains/capabilities/upload-limits.js';

const base: UploadLimits = {
  maxSizeBytes: 1000,
  allowedMimeTypes: ['application/pdf', 'image/png', 'image/jpeg', 'audio/*'],
  promptTimeoutSeconds: 60,
};
const narrow = (requested: RequestedLimits) => narrowLimits(base, requested, 'policy');
const refusal = (code: string, field: string) =>
  expect.objectContaining({ code, extensions: { field } }) as Error;

describe('limits', () => {
  test('stay as they are where nothing is asked for', () => {
    expect(narrow({})).toEqual(base);
    expect(narrow({ maxSizeBytes: null, allowedMimeTypes: undefined, promptTimeoutSeconds: null })).toEqual(
      base,
    );
  });

  test('may be tightened, up to and including what they are', () => {
    expect(narrow({ maxSizeBytes: 1, promptTimeoutSeconds: 1, allowedMimeTypes: ['image/png'] })).toEqual({
      maxSizeBytes: 1,
      promptTimeoutSeconds: 1,
      allowedMimeTypes: ['image/png'],
    });
    expect(narrow(base)).toEqual(base);
  });

  test.each<[RequestedLimits, string]>([
    [{ maxSizeBytes: 1001 }, 'policy.maxSizeBytes'],
    [{ promptTimeoutSeconds: 61 }, 'policy.promptTimeoutSeconds'],
    [{ allowedMimeTypes: ['image/gif'] }, 'policy.allowedMimeTypes'],
    [{ allowedMimeTypes: ['image/png', 'text/html'] }, 'policy.allowedMimeTypes'],
    [{ allowedMimeTypes: ['video/*'] }, 'policy.allowedMimeTypes'],
  ])('are never widened: %j', (requested, field) => {
    expect(() => narrow(requested)).toThrow(refusal('INVALID_CONSTRAINT', field));
  });

  test.each<[RequestedLimits, string]>([
    [{ maxSizeBytes: 0 }, 'policy.maxSizeBytes'],
    [{ maxSizeBytes: -1 }, 'policy.maxSizeBytes'],
    [{ maxSizeBytes: 1.5 }, 'policy.maxSizeBytes'],
    [{ maxSizeBytes: NaN }, 'policy.maxSizeBytes'],
    [{ maxSizeBytes: 2 ** 53 }, 'policy.maxSizeBytes'],
    [{ promptTimeoutSeconds: 0 }, 'policy.promptTimeoutSeconds'],
    [{ allowedMimeTypes: [] }, 'policy.allowedMimeTypes'],
    [{ allowedMimeTypes: ['png'] }, 'policy.allowedMimeTypes'],
    [{ allowedMimeTypes: ['*/*'] }, 'policy.allowedMimeTypes'],
    [{ allowedMimeTypes: Array.from({ length: 101 }, () => 'image/png') }, 'policy.allowedMimeTypes'],
  ])('refuse nonsense: %j', (requested, field) => {
    expect(() => narrow(requested)).toThrow(refusal('BAD_USER_INPUT', field));
  });

  test('name the fields of the input at hand', () => {
    const asked = { maxSizeBytes: 0 };
    expect(() => narrowLimits(base, asked, '')).toThrow(refusal('BAD_USER_INPUT', 'maxSizeBytes'));
    expect(() => narrowLimits(base, { promptTimeoutSeconds: 61 }, 'input', 'timeoutSeconds')).toThrow(
      refusal('INVALID_CONSTRAINT', 'input.timeoutSeconds'),
    );
  });

  test('take a type in any spelling, once', () => {
    const allowedMimeTypes = [' Image/PNG ', 'image/png; q=1', 'AUDIO/mpeg'];
    expect(narrow({ allowedMimeTypes }).allowedMimeTypes).toEqual(['image/png', 'audio/mpeg']);
  });

  test('take a group for all of it that is allowed', () => {
    expect(narrow({ allowedMimeTypes: ['image/*'] }).allowedMimeTypes).toEqual(['image/png', 'image/jpeg']);
    expect(narrow({ allowedMimeTypes: ['audio/*'] }).allowedMimeTypes).toEqual(['audio/*']);
  });

  test('once tightened are never wider than before, however often', () => {
    const types = fc.constantFrom(
      'application/pdf',
      'image/png',
      'image/*',
      'audio/*',
      'audio/mpeg',
      'text/html',
      'x',
    );
    const requests = fc.array(
      fc.record(
        {
          maxSizeBytes: fc.integer({ min: -1, max: 1100 }),
          promptTimeoutSeconds: fc.integer({ min: -1, max: 70 }),
          allowedMimeTypes: fc.array(types, { maxLength: 3 }),
        },
        { requiredKeys: [] },
      ),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(requests, (all) => {
        let limits = base;
        for (const requested of all) {
          let next: UploadLimits;
          try {
            next = narrowLimits(limits, requested, 'policy');
          } catch {
            continue;
          }
          const before = limits;
          limits = next;
          expect(limits.maxSizeBytes).toBeLessThanOrEqual(before.maxSizeBytes);
          expect(limits.promptTimeoutSeconds).toBeLessThanOrEqual(before.promptTimeoutSeconds);
          expect(limits.allowedMimeTypes.length).toBeGreaterThan(0);
          expect(
            limits.allowedMimeTypes.every((type) => isMimeTypeAllowed(type, before.allowedMimeTypes)),
          ).toBe(true);
        }
      }),
    );
  });

  test('stored under wider ones are brought within those of today', () => {
    const stored = {
      maxSizeBytes: 5000,
      promptTimeoutSeconds: 10,
      allowedMimeTypes: ['image/gif', 'image/png'],
    };
    expect(intersectLimits(base, stored)).toEqual({
      maxSizeBytes: 1000,
      promptTimeoutSeconds: 10,
      allowedMimeTypes: ['image/png'],
    });
    expect(intersectLimits(base, { allowedMimeTypes: ['image/gif'] }).allowedMimeTypes).toEqual([]);
    expect(intersectLimits(base, {})).toEqual(base);
  });

  test('of the service are 50 MiB, five minutes, documents and pictures that no browser runs', () => {
    expect(defaultUploadLimits).toMatchObject({ maxSizeBytes: 52_428_800, promptTimeoutSeconds: 300 });
    const { allowedMimeTypes } = defaultUploadLimits;
    expect(allowedMimeTypes).toEqual(expect.arrayContaining(['application/pdf', 'image/webp', 'text/plain']));
    expect(allowedMimeTypes.some((type) => coversMimeType(type, 'image/svg+xml'))).toBe(false);
    expect(allowedMimeTypes).not.toContain('text/html');
  });
});
