import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { TranscriberConfig } from '../../config.js';
import { TranscriberUnavailableError, type Transcriber } from '../../domains/processing/transcriber.js';

/** What OpenAI itself takes. */
const maxSizeBytes = 25 * 2 ** 20;
const timeoutMs = 300_000;
const maxAnswerBytes = 4 * 2 ** 20;

const answer = z.object({ text: z.string() });

/** Speech to text by any server that speaks OpenAI's `POST /audio/transcriptions`. The recording is streamed. */
export function makeOpenAiTranscriber({ url, apiKey, model }: TranscriberConfig): Transcriber {
  return {
    maxSizeBytes,
    async transcribe(bytes, { filename, mimeType, sizeBytes }, signal) {
      const boundary = randomUUID();
      const head = Buffer.from(
        field(boundary, 'model', model) +
          field(boundary, 'response_format', 'json') +
          `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${filename}"\r\n` +
          `content-type: ${mimeType}\r\n\r\n`,
      );
      const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
      let fault: unknown;
      async function* body() {
        yield head;
        try {
          yield* bytes as AsyncIterable<Buffer>; // No encoding is set: always Buffers.
        } catch (error) {
          // Storage's, not the transcriber's: fetch would hide it.
          fault = error;
          throw error;
        }
        yield tail;
      }
      try {
        const response = await fetch(`${url}/audio/transcriptions`, {
          method: 'POST',
          headers: {
            'content-type': `multipart/form-data; boundary=${boundary}`,
            'content-length': String(head.length + sizeBytes + tail.length),
            ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
          },
          body: body(),
          duplex: 'half',
          redirect: 'error',
          signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
          // `duplex` is what fetch wants beside a streamed body; the DOM's types know neither.
        } as unknown as RequestInit);
        return await readAnswer(response);
      } catch (error) {
        signal.throwIfAborted();
        if (fault !== undefined) throw fault as Error; // Thrown by a stream: an Error.
        if (error instanceof TranscriberUnavailableError) throw error;
        throw new TranscriberUnavailableError('The transcriber could not be reached.');
      } finally {
        bytes.destroy();
      }
    },
  };
}

/** undefined for a recording that it refuses. Nothing of what it says is quoted: it may repeat what it was sent. */
async function readAnswer(response: Response): Promise<string | undefined> {
  const isRefused = response.status === 400 || response.status === 413 || response.status === 415;
  if (!response.ok) {
    await response.body?.cancel();
    if (isRefused) return undefined;
    throw new TranscriberUnavailableError(`The transcriber answered ${response.status}.`);
  }
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  // The DOM's type does not say that it can be iterated; node's can.
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxAnswerBytes) throw new TranscriberUnavailableError('The transcriber said too much.');
    chunks.push(Buffer.from(chunk));
  }
  const parsed = answer.safeParse(parseJson(Buffer.concat(chunks).toString('utf8')));
  if (!parsed.success)
    throw new TranscriberUnavailableError('The transcriber answered in other words than agreed.');
  return parsed.data.text;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function field(boundary: string, name: string, value: string): string {
  return `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
}
