import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { openBytes, sealBytes, sealOverheadBytes } from '../../src/core/aead.js';

const hex = (text: string) => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

/** Test cases 13, 14, 15 and 16 of McGrew and Viega's specification of GCM: AES-256, 96-bit IVs. */
const vectors = [
  {
    key: hex('00'.repeat(32)),
    iv: hex('00'.repeat(12)),
    context: hex(''),
    plain: hex(''),
    sealed: hex(''),
    tag: hex('530f8afbc74536b9a963b4f1c4cb738b'),
  },
  {
    key: hex('00'.repeat(32)),
    iv: hex('00'.repeat(12)),
    context: hex(''),
    plain: hex('00'.repeat(16)),
    sealed: hex('cea7403d4d606b6e074ec5d3baf39d18'),
    tag: hex('d0d1c8a799996bf0265b98b5d48ab919'),
  },
  {
    key: hex('feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308'),
    iv: hex('cafebabefacedbaddecaf888'),
    context: hex(''),
    plain: hex(`d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72
      1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255`),
    sealed: hex(`522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa
      8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad`),
    tag: hex('b094dac5d93471bdec1a502270e3cc6c'),
  },
  {
    key: hex('feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308'),
    iv: hex('cafebabefacedbaddecaf888'),
    context: hex('feedfacedeadbeeffeedfacedeadbeefabaddad2'),
    plain: hex(`d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72
      1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39`),
    sealed: hex(`522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa
      8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662`),
    tag: hex('76fc6ece0f4e1768cddf8853bb2d551b'),
  },
];

describe.each(vectors)(
  'the published vector with the tag $tag',
  ({ key, iv, context, plain, sealed, tag }) => {
    const whole = Buffer.concat([iv, sealed, tag]);

    test('opens', () => {
      expect(openBytes(key, whole, context)).toEqual(plain);
    });

    test('does not open with any bit of it, of the context or of the key changed', () => {
      for (const [part, open] of [
        [whole, (changed: Buffer) => openBytes(key, changed, context)],
        [context, (changed: Buffer) => openBytes(key, whole, changed)],
        [key, (changed: Buffer) => openBytes(changed, whole, context)],
      ] as const) {
        for (let bit = 0; bit < part.length * 8; bit += 1) {
          const changed = Buffer.from(part);
          changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          expect(open(changed)).toBeUndefined();
        }
      }
    });

    test('does not open with a tag cut to any length, which Node itself would let pass', () => {
      for (let length = 0; length < whole.length; length += 1) {
        expect(openBytes(key, whole.subarray(0, length), context)).toBeUndefined();
      }
    });

    test('does not open with a tag of zeros, of ones, turned around or doubled', () => {
      for (const forged of [
        Buffer.alloc(16),
        Buffer.alloc(16, 0xff),
        Buffer.from(tag).reverse(),
        Buffer.concat([tag, tag]),
        Buffer.concat([tag, Buffer.alloc(1)]),
      ]) {
        expect(openBytes(key, Buffer.concat([iv, sealed, forged]), context)).toBeUndefined();
      }
    });

    test('does not open when a byte moves between what is sealed and its context', () => {
      expect(openBytes(key, Buffer.concat([iv, context, sealed, tag]), Buffer.alloc(0))).toEqual(
        context.length === 0 ? plain : undefined,
      );
    });
  },
);

test('what was sealed opens, with the same key and context alone', () => {
  const bytes = () => fc.uint8Array({ maxLength: 300 });
  fc.assert(
    fc.property(bytes(), bytes(), bytes(), (plain, context, otherContext) => {
      const key = randomBytes(32);
      const sealed = sealBytes(key, plain, context);
      expect(sealed.length).toBe(plain.length + sealOverheadBytes);
      expect(openBytes(key, sealed, context)).toEqual(Buffer.from(plain));
      expect(openBytes(randomBytes(32), sealed, context)).toBeUndefined();
      const isSame = Buffer.compare(context, otherContext) === 0;
      expect(openBytes(key, sealed, otherContext)).toEqual(isSame ? Buffer.from(plain) : undefined);
    }),
    { numRuns: 200 },
  );
});

test('no IV is used twice', () => {
  const key = randomBytes(32);
  const ivs = Array.from({ length: 20_000 }, () =>
    sealBytes(key, Buffer.alloc(0), Buffer.alloc(0)).subarray(0, 12).toString('hex'),
  );
  expect(new Set(ivs).size).toBe(ivs.length);
});
