import { Readable } from 'node:stream';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TranscriberUnavailableError } from '../../../src/domains/processing/transcriber.js';
import { makeOpenAiTranscriber } from '../../../src/infra/openai/transcriber.js';
import { startHttpServer } from '../../support/http-server.js';

let server: Awaited<ReturnType<typeof startHttpServer>>;
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeAll(async () => {
  server = await startHttpServer((request, response) => answer(request, response));
});
afterAll(() => server.close());

const recording = { filename: 'abc.wav', mimeType: 'audio/wav', sizeBytes: 5 };

function transcribe(
  bytes: Readable = Readable.from([Buffer.from('sound')]),
  signal = new AbortController().signal,
) {
  const transcriber = makeOpenAiTranscriber({ url: server.endpoint, apiKey: 'key', model: 'whisper-1' });
  return transcriber.transcribe(bytes, recording, signal);
}

test('sends the recording as a form, and resolves with what was said', async () => {
  let authorization: string | undefined;
  answer = (request, response) => {
    authorization = request.headers.authorization;
    response.end(JSON.stringify({ text: 'Hello there', other: 1 }));
  };
  expect(await transcribe()).toBe('Hello there');
  const { url, method, body } = server.seen.at(-1) ?? { body: '' };
  expect([method, url, authorization]).toEqual(['POST', '/audio/transcriptions', 'Bearer key']);
  expect(body).toContain('name="model"\r\n\r\nwhisper-1\r\n');
  expect(body).toContain('filename="abc.wav"\r\ncontent-type: audio/wav\r\n\r\nsound\r\n');
});

test.each([400, 413, 415])('a recording that it refuses with %d is undefined', async (status) => {
  answer = (_request, response) => response.writeHead(status).end('{"error":"secret"}');
  expect(await transcribe()).toBeUndefined();
});

test.each<[string, (response: ServerResponse) => void]>([
  ['busy', (response) => response.writeHead(429).end()],
  ['failing', (response) => response.writeHead(500).end('secret')],
  ['of another kind', (response) => response.end('<html>')],
  ['hanging up', (response) => response.destroy()],
  ['sending us elsewhere', (response) => response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end()],
])('a transcriber that is %s is unavailable, and is not quoted', async (_, respond) => {
  answer = (_request, response) => respond(response);
  const error = await transcribe().catch((fault: unknown) => fault);
  expect(error).toBeInstanceOf(TranscriberUnavailableError);
  expect(String(error)).not.toContain('secret');
});

test('a recording that breaks off is its own fault', async () => {
  const bytes = new Readable({ read: () => bytes.destroy(new Error('storage is away')) });
  await expect(transcribe(bytes)).rejects.toThrow('storage is away');
  expect(bytes.destroyed).toBe(true);
});

test('stops when it is told to', async () => {
  const stop = new AbortController();
  answer = () => stop.abort(new Error('told to'));
  await expect(transcribe(undefined, stop.signal)).rejects.toThrow('told to');
});
