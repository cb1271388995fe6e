import { AppError } from '../../../src/core/errors.js';
import {
  assertNewPassword,
  assertPassword,
  makePasswordKeys,
  newParameters,
  type DeriveKey,
} from '../../../src/domains/vault/password.js';
import { deriveKey } from '../../../src/infra/argon2/derive-key.js';

const signal = new AbortController().signal;
const salt = Buffer.from('somesalt').toString('base64url');

/** Of the reference implementation's own tests (phc-winner-argon2, `src/test.c`, version 0x13). */
test.each([
  [2, 65536, 1, 'password', '09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7'],
  [2, 256, 1, 'password', '9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe'],
  [2, 256, 2, 'password', '6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037'],
  [1, 65536, 1, 'password', 'f6a5adc1ba723dddef9b5ac1d464e180fcd9dffc9d1cbf76cca2fed795d9ca98'],
  [4, 65536, 1, 'password', '9025d48e68ef7395cca9079da4c4ec3affb3c8911fe4f86d1a2520856f63172c'],
  [2, 65536, 1, 'differentpassword', '0b84d652cf6b0c4beaef0dfe278ba6a80df6696281d7e0d2891b817d8c458fde'],
])(
  'Argon2id with %i passes over %i KiB in %i lanes is the published one',
  async (passes, memoryKib, lanes, text, hash) => {
    const key = await deriveKey(Buffer.from(text), { salt, memoryKib, passes, lanes });
    expect(key.toString('hex')).toBe(hash);
  },
);

test('a new password is derived with 64 MiB, 3 passes and 4 lanes, and a salt of its own', () => {
  expect(newParameters()).toMatchObject({ memoryKib: 65536, passes: 3, lanes: 4 });
  const salts = Array.from({ length: 100 }, () => newParameters().salt);
  expect(new Set(salts).size).toBe(100);
  expect(Buffer.from(salts[0] ?? '', 'base64url')).toHaveLength(16);
});

test('200 derivations at once run four at a time, in order', async () => {
  let running = 0;
  let most = 0;
  const begun: string[] = [];
  const slow: DeriveKey = async (password) => {
    begun.push(password.toString());
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    return Buffer.alloc(32, 1);
  };
  const { withKey } = makePasswordKeys(slow);
  const passwords = Array.from({ length: 200 }, (_, n) => `password ${n}`);
  await Promise.all(passwords.map((password) => withKey(password, newParameters(), signal, () => undefined)));
  expect(most).toBe(4);
  expect(begun).toEqual(passwords);
});

test('200 derivations of 64 MiB hold no more than four of them in memory', async () => {
  const { withKey } = makePasswordKeys(deriveKey);
  // One pass in one lane: the memory is what counts here.
  const parameters = { ...newParameters(), passes: 1, lanes: 1 };
  const before = process.memoryUsage().rss;
  let most = before;
  const look = () => (most = Math.max(most, process.memoryUsage().rss));
  await Promise.all(
    Array.from({ length: 200 }, (_, n) => withKey(`password ${n}`, parameters, signal, look)),
  );
  expect(most - before).toBeLessThan(6 * 64 * 2 ** 20);
});

test('the password and its key are overwritten after use, also when the use fails', async () => {
  const seen: Buffer[] = [];
  const { withKey } = makePasswordKeys((password) => {
    seen.push(password);
    return Promise.resolve(Buffer.alloc(32, 7));
  });
  await withKey('a good password', newParameters(), signal, (key) => seen.push(key));
  const failing = withKey('a good password', newParameters(), signal, (key) => {
    seen.push(key);
    throw new Error('the use failed');
  });
  await expect(failing).rejects.toThrow('the use failed');
  expect(seen).toHaveLength(4);
  for (const buffer of seen) expect(buffer.every((byte) => byte === 0)).toBe(true);
});

test('whoever is gone before it is their turn costs no derivation', async () => {
  let derived = 0;
  const finish: (() => void)[] = [];
  const { withKey } = makePasswordKeys(async () => {
    derived += 1;
    await new Promise<void>((resolve) => finish.push(resolve));
    return Buffer.alloc(32);
  });
  const running = Array.from({ length: 4 }, () =>
    withKey('patient', newParameters(), signal, () => undefined),
  );
  const leaving = new AbortController();
  const left = withKey('impatient', newParameters(), leaving.signal, () => undefined);
  leaving.abort(new Error('gone'));
  await expect(left).rejects.toThrow('gone');
  for (const end of finish) end();
  await Promise.all(running);
  expect(derived).toBe(4);
});

test('a password is the same however a device composes its accents', async () => {
  const derived: string[] = [];
  const { withKey } = makePasswordKeys((password) => {
    derived.push(password.toString());
    return Promise.resolve(Buffer.alloc(32));
  });
  for (const spelling of ['mot de passé', 'mot de passe\u0301']) {
    await withKey(spelling, newParameters(), signal, () => undefined);
  }
  expect(derived[0]).toBe(derived[1]);
});

test('a new password has 8 to 256 characters, and one to try at most 256', () => {
  const refusal = (act: () => void) => {
    try {
      act();
    } catch (error) {
      return error instanceof AppError ? [error.code, error.extensions['field']] : error;
    }
    return undefined;
  };
  expect(refusal(() => assertNewPassword('a'.repeat(7), 'newPassword'))).toEqual([
    'BAD_USER_INPUT',
    'newPassword',
  ]);
  expect(refusal(() => assertNewPassword('a'.repeat(257), 'newPassword'))).toEqual([
    'BAD_USER_INPUT',
    'newPassword',
  ]);
  expect(refusal(() => assertNewPassword('a'.repeat(8), 'newPassword'))).toBeUndefined();
  expect(refusal(() => assertPassword('', 'password'))).toBeUndefined();
  expect(refusal(() => assertPassword('a'.repeat(257), 'password'))).toEqual(['BAD_USER_INPUT', 'password']);
});
