import { createHash, createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import type { OutgoingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { S3Client } from '@aws-sdk/client-s3';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { S3RequestPresigner } from '@aws-sdk/s3-request-presigner';
import type { Credential } from '../../../src/embedded/s3/authenticate.js';
import { startS3Server } from '../../../src/embedded/s3/server.js';
import { app, bucket, region, serverOptions, stranger, uploader } from './options.js';
import type { S3Server, S3ServerOptions } from '../../../src/embedded/s3/server.js';

export { app, bucket, region, serverOptions, stranger, uploader };

export type TestCredential = Pick<Credential, 'accessKeyId' | 'secretKey'>;

export async function makeTempDir(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'askfile-s3-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** A server for all tests of a file, on a folder of its own. */
export function useServer(limits?: S3ServerOptions['limits']) {
  let server: S3Server | undefined;
  let dir: Awaited<ReturnType<typeof makeTempDir>> | undefined;
  const clients: S3Client[] = [];
  beforeAll(async () => {
    dir = await makeTempDir();
    server = await startS3Server({ ...serverOptions(dir.path), ...(limits && { limits }) });
  });
  afterAll(async () => {
    for (const client of clients) client.destroy();
    await server?.close();
    await dir?.remove();
  });
  function endpoint(): string {
    if (!server) throw new Error('the server is not started yet');
    return server.endpoint;
  }
  return {
    endpoint,
    dataDir: () => dir?.path ?? '',
    client(credential: TestCredential = app, config: S3ClientConfig = {}): S3Client {
      const client = makeClient(endpoint(), credential, config);
      clients.push(client);
      return client;
    },
  };
}

export function makeClient(
  endpoint: string,
  credential: TestCredential = app,
  config: S3ClientConfig = {},
): S3Client {
  return new S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    credentials: { accessKeyId: credential.accessKeyId, secretAccessKey: credential.secretKey },
    ...config,
  });
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** Of the error in the body. */
  readonly code: string | undefined;
}

/** Sends exactly this, with nothing added, encoded or normalized. `body` as a stream is sent chunked. */
export function send(
  endpoint: string,
  input: { method: string; path: string; headers?: OutgoingHttpHeaders; body?: Buffer | string | Readable },
): Promise<Answer> {
  const url = new URL(endpoint);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: url.hostname,
        port: url.port,
        method: input.method,
        path: input.path,
        headers: input.headers ?? {},
        agent: false,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const code = /<Code>(\w+)<\/Code>/.exec(text)?.[1];
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text, code });
        });
      },
    );
    outgoing.on('error', reject);
    if (input.body === undefined || typeof input.body === 'string' || Buffer.isBuffer(input.body)) {
      outgoing.end(input.body);
    } else {
      input.body.pipe(outgoing);
    }
  });
}

export interface Presigned {
  readonly path: string;
  readonly headers: Record<string, string>;
}

/** What the service hands to a browser: type and length (and hash) pinned among the signed headers. */
export async function presignPut(
  endpoint: string,
  input: {
    key: string;
    contentType: string;
    sizeBytes: number;
    sha256?: string;
    credential?: TestCredential;
    expiresIn?: number;
    signingDate?: Date;
  },
): Promise<Presigned> {
  const headers: Record<string, string> = {
    host: new URL(endpoint).host,
    'content-type': input.contentType,
    'content-length': String(input.sizeBytes),
    ...(input.sha256 !== undefined && { 'x-amz-checksum-sha256': input.sha256 }),
  };
  const names = new Set(Object.keys(headers));
  const path = await presign(endpoint, { ...input, method: 'PUT', headers, names });
  return { path, headers };
}

export async function presign(
  endpoint: string,
  input: {
    method: string;
    key: string;
    query?: Record<string, string>;
    headers?: Record<string, string>;
    names?: Set<string>;
    credential?: TestCredential;
    expiresIn?: number;
    signingDate?: Date;
    region?: string;
  },
): Promise<string> {
  const credential = input.credential ?? app;
  const presigner = new S3RequestPresigner({
    region: input.region ?? region,
    sha256: Sha256,
    credentials: { accessKeyId: credential.accessKeyId, secretAccessKey: credential.secretKey },
  });
  const url = new URL(endpoint);
  const signed = await presigner.presign(
    {
      protocol: 'http:',
      hostname: url.hostname,
      port: Number(url.port),
      method: input.method,
      path: `/${bucket}/${input.key.split('/').map(encodeURIComponent).join('/')}`,
      query: input.query ?? {},
      // A copy: the presigner adds to it.
      headers: { host: url.host, ...input.headers },
    },
    {
      expiresIn: input.expiresIn ?? 300,
      ...(input.names && { signableHeaders: input.names, unhoistableHeaders: input.names }),
      ...(input.signingDate && { signingDate: input.signingDate }),
    },
  );
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(signed.query ?? {})) {
    if (typeof value === 'string') query.set(name, value);
  }
  return `${signed.path}?${query.toString().replaceAll('+', '%20')}`;
}

/** The hash that the SDK's presigner wants to be given. */
class Sha256 {
  private readonly hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', toBytes(secret));
  }
  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.hash.update(toBytes(data));
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.hash.digest()));
  }
  reset(): void {
    throw new Error('not used');
  }
}

function toBytes(data: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    : Buffer.from(data);
}

export function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

export interface SignInput {
  method: string;
  /** Encoded, with the query: exactly what is sent. */
  path: string;
  headers?: Record<string, string>;
  payloadHash?: string;
  credential?: TestCredential;
  date?: Date;
  region?: string;
  service?: string;
  /** Sent, but left out of the signature. */
  unsigned?: Record<string, string>;
  /** false leaves `host` unsigned. */
  signsHost?: boolean;
}

/** Headers that authorize this request; a signer of our own, so that it can also sign wrongly. */
export function sign(endpoint: string, input: SignInput): Record<string, string> & { signature: string } {
  const credential = input.credential ?? app;
  const timestamp = (input.date ?? new Date()).toISOString().replace(/[-:]|\.\d+/g, '');
  const payloadHash = input.payloadHash ?? sha256('');
  const headers: Record<string, string> = {
    host: new URL(endpoint).host,
    'x-amz-date': timestamp,
    'x-amz-content-sha256': payloadHash,
    ...input.headers,
  };
  const names = Object.keys(headers)
    .filter((name) => name !== 'host' || input.signsHost !== false)
    .sort();
  const [path = '', query = ''] = input.path.split('?');
  const canonical = [
    input.method,
    path,
    query
      .split('&')
      .filter((pair) => pair !== '')
      .map((pair) => (pair.includes('=') ? pair : `${pair}=`))
      .sort()
      .join('&'),
    ...names.map((name) => `${name}:${headers[name]}`),
    '',
    names.join(';'),
    payloadHash,
  ].join('\n');
  const scope = `${timestamp.slice(0, 8)}/${input.region ?? region}/${input.service ?? 's3'}/aws4_request`;
  const key = deriveKey(credential.secretKey, scope);
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${timestamp}\n${scope}\n${sha256(canonical)}`).toString(
    'hex',
  );
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  // Not enumerable: the signature is for who goes on signing chunks, no header to be sent.
  const result = { ...headers, ...input.unsigned, authorization };
  Object.defineProperty(result, 'signature', { value: signature });
  return result as typeof result & { signature: string };
}

/** Signs and sends. */
export function sendSigned(endpoint: string, input: SignInput & { body?: Buffer | string }): Promise<Answer> {
  const { body } = input;
  const payloadHash = input.payloadHash ?? sha256(body ?? '');
  const headers = sign(endpoint, {
    ...input,
    payloadHash,
    headers: {
      ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
      ...input.headers,
    },
  });
  return send(endpoint, {
    method: input.method,
    path: input.path,
    headers,
    ...(body !== undefined && { body }),
  });
}

export function deriveKey(secretKey: string, scope: string): Buffer {
  return scope.split('/').reduce<Buffer>((key, step) => hmac(key, step), Buffer.from(`AWS4${secretKey}`));
}

export function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
