import { Readable } from 'node:stream';
import { makeBuiltinScanner } from '../../../src/infra/builtin-scanner/scanner.js';
import { sample } from '../../support/samples.js';
import { eicar, marker } from '../../support/test-files.js';

const never = new AbortController().signal;
const clean = { status: 'CLEAN' };

function scan(bytes: Buffer, mimeType = 'application/octet-stream', pieceBytes = 65_536) {
  function* pieces() {
    for (let start = 0; start < bytes.length; start += pieceBytes)
      yield bytes.subarray(start, start + pieceBytes);
  }
  const subject = { sizeBytes: bytes.length, mimeType };
  return makeBuiltinScanner().scan(Readable.from(pieces(), { objectMode: false }), subject, never);
}

function blocked(reason: string) {
  return { status: 'BLOCKED', reason };
}

test('the EICAR test file is found, however it is cut, and only at the start', async () => {
  for (let pieceBytes = 1; pieceBytes <= eicar.length; pieceBytes += 1) {
    expect(await scan(eicar, 'text/plain', pieceBytes)).toEqual(blocked('Eicar-Test-Signature'));
  }
  expect(await scan(Buffer.concat([eicar, Buffer.from(' \r\n')]))).toEqual(blocked('Eicar-Test-Signature'));
  const article = Buffer.concat([Buffer.from('It reads: '), eicar]);
  expect(await scan(article, 'text/plain')).toEqual(clean);
  expect(await scan(eicar.subarray(0, -1), 'text/plain')).toEqual(clean);
});

test('a marker is found wherever it lies, across pieces', async () => {
  for (const before of [0, 1, 65_520, 65_536, 300_000]) {
    const bytes = Buffer.concat([Buffer.alloc(before, 'x'), marker, Buffer.alloc(99, 'x')]);
    for (const pieceBytes of [7, 4096, 65_536]) {
      if (before > 100_000 && pieceBytes < 100) continue; // Many pieces prove no more.
      expect(await scan(bytes, 'text/plain', pieceBytes)).toEqual(blocked('Service-Test-Marker'));
    }
  }
});

test.each([
  ['Windows', sample('exe')],
  ['Linux', Buffer.from('\x7fELF\x02\x01\x01\0'.padEnd(64, '\0'), 'latin1')],
  ['macOS', Buffer.from('cffaedfe07000001'.padEnd(128, '0'), 'hex')],
  ['macOS', Buffer.from('cafebabe00000002'.padEnd(128, '0'), 'hex')],
  ['Java', Buffer.from('cafebabe00000034'.padEnd(128, '0'), 'hex')],
])('a %s program is blocked, whatever it is called', async (system, bytes) => {
  expect(await scan(bytes)).toEqual(blocked(`${system} program`));
  expect(await scan(bytes, 'image/png')).toEqual(blocked(`${system} program`));
});

test('a script is blocked unless it is text by its type', async () => {
  const bytes = Buffer.from('#!/bin/sh\nrm -rf "$HOME"\n');
  expect(await scan(bytes)).toEqual(blocked('script'));
  expect(await scan(bytes, 'text/plain')).toEqual(clean);
  expect(await scan(bytes, 'application/x-sh')).toEqual(clean);
});

test('content that is certainly not of its type is blocked', async () => {
  expect(await scan(sample('pdf'), 'image/png')).toEqual(blocked('content of another type'));
  expect(await scan(sample('png'), 'text/plain')).toEqual(blocked('content of another type'));
  expect(await scan(sample('zip'), 'application/pdf')).toEqual(blocked('content of another type'));
});

test.each([
  ['png', 'image/png'],
  ['pdf', 'application/pdf'],
  ['zip', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['txt', 'text/plain'],
  ['mp4', 'video/mp4'],
  ['wasm', 'application/octet-stream'],
])('an honest .%s as %s is clean', async (extension, mimeType) => {
  expect(await scan(sample(extension), mimeType)).toEqual(clean);
});

test('a stream that fails is reported as its own error; an abort ends the scan with its reason', async () => {
  const fault = new Error('storage broke off');
  async function* broken() {
    yield await Promise.resolve(Buffer.from('x'));
    throw fault;
  }
  const subject = { sizeBytes: 1, mimeType: 'text/plain' };
  const scanner = makeBuiltinScanner();
  await expect(scanner.scan(Readable.from(broken()), subject, never)).rejects.toBe(fault);
  await expect(
    scanner.scan(Readable.from([Buffer.from('x')]), subject, AbortSignal.abort(fault)),
  ).rejects.toBe(fault);
  await scanner.ping();
});
