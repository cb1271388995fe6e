import { crc32 } from 'node:zlib';
import { decodeChunked } from '../../../src/embedded/s3/chunked.js';
import { signingKey } from '../../../src/embedded/s3/sigv4.js';
import {
  app,
  bucket,
  deriveKey,
  hmac,
  region,
  send,
  sendSigned,
  sha256,
  sign,
  useServer,
} from './harness.js';

async function decode(
  pieces: readonly Buffer[],
  options: Parameters<typeof decodeChunked>[1],
): Promise<Buffer> {
  async function* source() {
    for (const piece of pieces) yield await Promise.resolve(piece);
  }
  const chunks: Buffer[] = [];
  for await (const chunk of decodeChunked(source(), options)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** One byte a piece: wherever the network cuts, it must not matter. */
const bytewise = (text: Buffer) => Array.from(text, (_, at) => text.subarray(at, at + 1));

describe('aws-chunked by the published examples of S3', () => {
  const scope = { day: '20130524', region: 'us-east-1' };
  const key = signingKey('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', scope);
  const letters = Buffer.alloc(66_560, 'a');
  const signing = { key, timestamp: '20130524T000000Z', scope };

  it('verifies signed chunks', async () => {
    const body = Buffer.concat([
      Buffer.from(
        '10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n',
      ),
      letters.subarray(0, 65_536),
      Buffer.from(
        '\r\n400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n',
      ),
      letters.subarray(65_536),
      Buffer.from(
        '\r\n0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n',
      ),
    ]);
    const seedSignature = '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9';
    const options = {
      signing: { ...signing, seedSignature },
      hasTrailer: false,
      sizeBytes: letters.length,
      onTrailer: () => undefined,
    };
    expect((await decode([body], options)).equals(letters)).toBe(true);
    expect((await decode(bytewise(body), options)).equals(letters)).toBe(true);
    const altered = Buffer.from(body);
    altered.write('b', 60_000);
    await expect(decode([altered], options)).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' });
  });

  it('verifies a signed trailer', async () => {
    const body = Buffer.concat([
      Buffer.from(
        '10000;chunk-signature=b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2\r\n',
      ),
      letters.subarray(0, 65_536),
      Buffer.from(
        '\r\n400;chunk-signature=1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7\r\n',
      ),
      letters.subarray(65_536),
      Buffer.from(
        '\r\n0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992\r\n',
      ),
      Buffer.from('x-amz-checksum-crc32c:sOO8/Q==\r\n'),
      Buffer.from(
        'x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n',
      ),
    ]);
    const trailers: string[] = [];
    const options = {
      signing: {
        ...signing,
        seedSignature: '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e',
      },
      hasTrailer: true,
      sizeBytes: letters.length,
      onTrailer: (name: string, value: string) => void trailers.push(`${name}=${value}`),
    };
    expect((await decode([body], options)).equals(letters)).toBe(true);
    expect(trailers).toEqual(['x-amz-checksum-crc32c=sOO8/Q==']);
    const altered = Buffer.from(body.toString().replace('sOO8/Q==', 'sOO8/A=='));
    await expect(decode([altered], options)).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' });
  });
});

describe('an upload in aws-chunked', () => {
  const server = useServer();
  const path = `/${bucket}/chunked`;
  const text = 'twelve bytes';
  const crc = () => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(crc32(text));
    return bytes.toString('base64');
  };
  const exists = async () => (await sendSigned(server.endpoint(), { method: 'HEAD', path })).status === 200;
  beforeEach(() => sendSigned(server.endpoint(), { method: 'DELETE', path }));

  function put(body: string, change: { declared?: number; trailer?: string } = {}) {
    const headers = sign(server.endpoint(), {
      method: 'PUT',
      path,
      payloadHash: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      headers: {
        'content-encoding': 'aws-chunked',
        'content-length': String(body.length),
        'x-amz-decoded-content-length': String(change.declared ?? text.length),
        'x-amz-trailer': change.trailer ?? 'x-amz-checksum-crc32',
      },
    });
    return send(server.endpoint(), { method: 'PUT', path, headers, body });
  }

  it('is stored when its trailing checksum is right', async () => {
    const answer = await put(`c\r\n${text}\r\n0\r\nx-amz-checksum-crc32:${crc()}\r\n\r\n`);
    expect(answer.status).toBe(200);
    expect(answer.headers['x-amz-checksum-crc32']).toBe(crc());
    const got = await sendSigned(server.endpoint(), { method: 'GET', path });
    expect(got.text).toBe(text);
    expect(got.headers['content-encoding']).toBeUndefined();
  });

  it.each([
    ['a wrong checksum', `c\r\n${text}\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n`, 'BadDigest'],
    ['no checksum', `c\r\n${text}\r\n0\r\n\r\n`, 'MalformedTrailerError'],
    ['no end', `c\r\n${text}\r\n`, 'IncompleteBody'],
    ['half a chunk', `c\r\ntwelve`, 'IncompleteBody'],
    ['fewer bytes', `6\r\ntwelve\r\n0\r\nx-amz-checksum-crc32:${crc()}\r\n\r\n`, 'IncompleteBody'],
    ['more bytes', `d\r\n${text}!\r\n0\r\nx-amz-checksum-crc32:${crc()}\r\n\r\n`, 'IncompleteBody'],
    ['something behind', `c\r\n${text}\r\n0\r\nx-amz-checksum-crc32:${crc()}\r\n\r\nmore`, 'InvalidRequest'],
    ['no chunks', 'twelve bytes and no chunk at all', 'IncompleteBody'],
    ['a line without end', 'c'.repeat(5000), 'InvalidRequest'],
    [
      'a signature where none was announced',
      `c;chunk-signature=${sha256('')}\r\n${text}\r\n`,
      'InvalidRequest',
    ],
  ])('is refused with %s, and nothing is stored', async (_what, body, code) => {
    expect(await put(body)).toMatchObject({ status: 400, code });
    expect(await exists()).toBe(false);
  });

  it('is refused with a trailer of a kind that is not known', async () => {
    expect(await put(`c\r\n${text}\r\n0\r\n\r\n`, { trailer: 'x-amz-checksum-crc64nvme' })).toMatchObject({
      status: 501,
    });
  });

  it('is verified chunk by chunk when it is signed', async () => {
    const payloadHash = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD';
    async function putSigned(sent: string) {
      const date = new Date();
      const headers = sign(server.endpoint(), {
        method: 'PUT',
        path,
        payloadHash,
        date,
        headers: { 'x-amz-decoded-content-length': String(text.length) },
      });
      const timestamp = headers['x-amz-date'] ?? '';
      const scope = `${timestamp.slice(0, 8)}/${region}/s3/aws4_request`;
      const key = deriveKey(app.secretKey, scope);
      let previous = headers.signature;
      const chunk = (signed: string, data: string) => {
        const lines = ['AWS4-HMAC-SHA256-PAYLOAD', timestamp, scope, previous, sha256(''), sha256(signed)];
        previous = hmac(key, lines.join('\n')).toString('hex');
        return `${data.length.toString(16)};chunk-signature=${previous}\r\n${data}\r\n`;
      };
      const body = chunk(text, sent) + chunk('', '');
      return send(server.endpoint(), {
        method: 'PUT',
        path,
        headers: { ...headers, 'content-length': body.length },
        body,
      });
    }
    expect(await putSigned('twelve bites')).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' });
    expect(await exists()).toBe(false);
    expect((await putSigned(text)).status).toBe(200);
  });

  it('of a kind that is not known is refused', async () => {
    const payloadHash = 'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD';
    const answer = await sendSigned(server.endpoint(), { method: 'PUT', path, payloadHash, body: text });
    expect(answer).toMatchObject({ status: 501, code: 'NotImplemented' });
  });
});
