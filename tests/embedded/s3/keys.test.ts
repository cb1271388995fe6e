import fc from 'fast-check';
import { bucket, sendSigned, useServer } from './harness.js';

const server = useServer();

describe('keys', () => {
  const encode = (key: string) =>
    key
      .split('/')
      .map((part) =>
        encodeURIComponent(part).replace(
          /[!'()*]/g,
          (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
        ),
      )
      .join('/');
  const roundTrip = async (key: string) => {
    const path = `/${bucket}/${encode(key)}`;
    const put = await sendSigned(server.endpoint(), { method: 'PUT', path, body: `body of ${key}` });
    const got = await sendSigned(server.endpoint(), { method: 'GET', path });
    return { put: put.status, got: got.text };
  };

  it.each([
    '..',
    '../../../etc/passwd',
    'a/../b',
    'a//b',
    '//',
    '/leading',
    'trailing/',
    '.',
    './x',
    'con',
    'a:b|c?d*e<f>"g',
    'back\\slash\\..\\..',
    'new\nline\tand\u0001control',
    'a+b c%20d&e=f#g',
    '😀/é/e\u0301/\u202e',
    'x'.repeat(1024),
    `${'é'.repeat(60)}/${'y'.repeat(240)}`,
    '__proto__',
  ])('%j is a name like any other', async (key) => {
    expect(await roundTrip(key)).toEqual({ put: 200, got: `body of ${key}` });
  });

  it('that differ in case or normal form only are different objects', async () => {
    const keys = ['Case', 'case', 'caf\u00e9', 'cafe\u0301'];
    for (const key of keys) await roundTrip(key);
    for (const key of keys) {
      const answer = await sendSigned(server.endpoint(), {
        method: 'GET',
        path: `/${bucket}/${encode(key)}`,
      });
      expect(answer.text).toBe(`body of ${key}`);
    }
  });

  it('with NUL, above 1024 bytes, or that are no UTF-8 are refused', async () => {
    const put = (path: string) =>
      sendSigned(server.endpoint(), { method: 'PUT', path: `/${bucket}/${path}`, body: 'x' });
    expect((await put('a%00b')).code).toBe('InvalidURI');
    expect((await put('%ff%fe')).code).toBe('InvalidURI');
    expect((await put('%')).code).toBe('InvalidURI');
    expect((await put('x'.repeat(1025))).code).toBe('KeyTooLongError');
    expect((await put('%C3%A9'.repeat(513))).code).toBe('KeyTooLongError');
  });

  it('of any kind come back as they are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), async (key) => {
        fc.pre(!key.includes('\0'));
        expect(await roundTrip(key)).toEqual({ put: 200, got: `body of ${key}` });
      }),
      { numRuns: 60 },
    );
  });
});
