import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { readFileForm } from '../../src/http/multipart-form.js';

/** What of a request a form is read by. */
function toRequest(contentType: string): IncomingMessage & PassThrough {
  const request = Object.assign(new PassThrough(), {
    headers: { 'content-type': contentType },
    complete: true,
  });
  return request as unknown as IncomingMessage & PassThrough; // Nothing else of it is asked for.
}

/** The file of a form that arrives in these chunks: its size as the form's head says, and its bytes. */
async function read(chunks: readonly Buffer[], boundary: string) {
  const request = toRequest(`multipart/form-data; boundary=${boundary}`);
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const reading = readFileForm(request, length, ['description']);
  for (const chunk of chunks) {
    request.write(chunk);
    await new Promise(setImmediate);
  }
  request.end();
  const { sizeBytes, bytes } = await reading;
  const received: Buffer[] = [];
  for await (const chunk of bytes) received.push(chunk as Buffer);
  return { sizeBytes, received: Buffer.concat(received) };
}

/** At these places, which may lie beyond the end. */
function cut(whole: Buffer, places: readonly number[]): Buffer[] {
  const inside = [...new Set(places)].filter((place) => place < whole.length).sort((a, b) => a - b);
  return [0, ...inside].map((from, index) => whole.subarray(from, inside[index]));
}

const content = fc.oneof(
  fc.constantFrom('', '\r\n', '\r\n\r\n', '--', '-', '\r', '\r\n--', 'x\r\n\r\ny\r\n\r\n').map(Buffer.from),
  fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
);

test('how many bytes the file has is known from the end of its head, however the form is cut and quoted', async () => {
  const boundary = randomBytes(8).toString('hex');
  await fc.assert(
    fc.asyncProperty(
      content,
      fc.constantFrom(undefined, 'a text', 'two\r\n\r\nparagraphs', '\r\n\r\n'),
      fc.array(fc.nat(400), { maxLength: 30 }),
      fc.boolean(),
      async (file, description, places, isQuoted) => {
        const field =
          description === undefined
            ? ''
            : `--${boundary}\r\ncontent-disposition: form-data; name="description"\r\n\r\n${description}\r\n`;
        const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="a.bin"\r\n\r\n`;
        const form = Buffer.concat([Buffer.from(field + head), file, Buffer.from(`\r\n--${boundary}--\r\n`)]);
        const { sizeBytes, received } = await read(cut(form, places), isQuoted ? `"${boundary}"` : boundary);
        expect(sizeBytes).toBe(file.length);
        expect(received.equals(file)).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});
