import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { makeKeyring } from '../../src/core/keyring.js';

const key = (id: string) => ({ id, key: randomBytes(32) });

describe('a keyring', () => {
  const keyring = makeKeyring([key('k1')]);

  test('opens what it sealed for the same purpose', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.dictionary(fc.string(), fc.jsonValue({ noUnicodeString: false })),
        (purpose, payload) => {
          const survived: unknown = JSON.parse(JSON.stringify(payload));
          expect(keyring.open(purpose, keyring.seal(purpose, payload))).toEqual(survived);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('opens nothing for another purpose', () => {
    expect(keyring.open('b', keyring.seal('a', { n: 1 }))).toBeUndefined();
  });

  test('opens nothing of another keyring, even one whose key has the same id', () => {
    expect(makeKeyring([key('k1')]).open('a', keyring.seal('a', { n: 1 }))).toBeUndefined();
  });

  test('refuses a token with any bit changed', () => {
    const bytes = Buffer.from(keyring.seal('a', { n: 1 }), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const forged = Buffer.from(bytes);
      forged[bit >> 3] = (forged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(keyring.open('a', forged.toString('base64url'))).toBeUndefined();
    }
  });

  test('refuses a token cut to any length, so also one with a shorter tag', () => {
    const bytes = Buffer.from(keyring.seal('a', { n: 1 }), 'base64url');
    for (let length = 0; length < bytes.length; length++) {
      expect(keyring.open('a', bytes.subarray(0, length).toString('base64url'))).toBeUndefined();
    }
  });

  test('refuses garbage without throwing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.base64String()), (token) => {
        expect(keyring.open('a', token)).toBeUndefined();
      }),
    );
  });

  test('accepts only the one spelling of a token', () => {
    const token = keyring.seal('a', { n: 1 });
    for (const other of [`${token}=`, ` ${token}`, `${token}\n`, `${token.slice(0, 5)}.${token.slice(5)}`]) {
      expect(keyring.open('a', other)).toBeUndefined();
    }
  });

  test('seals the same payload differently each time and shows nothing of it', () => {
    const tokens = new Set(Array.from({ length: 50 }, () => keyring.seal('a', { secret: 'visible' })));
    expect(tokens.size).toBe(50);
    for (const token of tokens)
      expect(Buffer.from(token, 'base64url').toString('latin1')).not.toContain('visible');
  });

  test('seals with the newest key and still opens what an older one sealed', () => {
    const [older, newer] = [key('old'), key('new')];
    const before = makeKeyring([older]).seal('a', { n: 1 });
    const rotated = makeKeyring([newer, older]);
    expect(rotated.open('a', before)).toEqual({ n: 1 });
    expect(makeKeyring([newer]).open('a', rotated.seal('a', { n: 2 }))).toEqual({ n: 2 });
    expect(makeKeyring([newer]).open('a', before)).toBeUndefined();
  });

  test.each([
    [[]],
    [[{ id: 'a', key: randomBytes(16) }]],
    [[{ id: '', key: randomBytes(32) }]],
    [['a', 'a'].map((id) => ({ id, key: randomBytes(32) }))],
  ])('is not made of keys that are missing, short, nameless or of one name', (keys) => {
    expect(() => makeKeyring(keys)).toThrow();
  });
});
