import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { signature, signingKey } from '../../../src/embedded/s3/sigv4.js';
import { app, bucket, presign, send, sendSigned, sha256, sign, useServer } from './harness.js';

const server = useServer();
const path = `/${bucket}/secret.txt`;

beforeAll(async () => {
  await server.client().send(new PutObjectCommand({ Bucket: bucket, Key: 'secret.txt', Body: 'the secret' }));
});

describe('SigV4 by the published examples of S3', () => {
  const scope = { day: '20130524', region: 'us-east-1' };
  const key = signingKey('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', scope);

  it('signs GetObject with a range', () => {
    const emptyHash = sha256('');
    const signed = signature(key, '20130524T000000Z', scope, {
      method: 'GET',
      path: '/test.txt',
      query: new Map(),
      signedHeaders: [
        ['host', 'examplebucket.s3.amazonaws.com'],
        ['range', 'bytes=0-9'],
        ['x-amz-content-sha256', emptyHash],
        ['x-amz-date', '20130524T000000Z'],
      ],
      payloadHash: emptyHash,
    });
    expect(signed).toBe('f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41');
  });

  it('signs PutObject with a $ in its key', () => {
    const hash = '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072';
    const signed = signature(key, '20130524T000000Z', scope, {
      method: 'PUT',
      path: '/test$file.text',
      query: new Map(),
      signedHeaders: [
        ['date', 'Fri, 24 May 2013 00:00:00 GMT'],
        ['host', 'examplebucket.s3.amazonaws.com'],
        ['x-amz-content-sha256', hash],
        ['x-amz-date', '20130524T000000Z'],
        ['x-amz-storage-class', 'REDUCED_REDUNDANCY'],
      ],
      payloadHash: hash,
    });
    expect(signed).toBe('98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd');
  });

  it('signs a URL', () => {
    const signed = signature(key, '20130524T000000Z', scope, {
      method: 'GET',
      path: '/test.txt',
      query: new Map([
        ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
        ['X-Amz-Credential', 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request'],
        ['X-Amz-Date', '20130524T000000Z'],
        ['X-Amz-Expires', '86400'],
        ['X-Amz-SignedHeaders', 'host'],
      ]),
      signedHeaders: [['host', 'examplebucket.s3.amazonaws.com']],
      payloadHash: 'UNSIGNED-PAYLOAD',
    });
    expect(signed).toBe('aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404');
  });
});

describe('requests signed in a header', () => {
  const get = (change: Partial<Parameters<typeof sendSigned>[1]> = {}) =>
    sendSigned(server.endpoint(), { method: 'GET', path, ...change });

  it('answers what is signed well', async () => {
    expect(await get()).toMatchObject({ status: 200, text: 'the secret' });
  });

  it('refuses who signs nothing', async () => {
    for (const method of ['GET', 'PUT', 'DELETE', 'POST']) {
      expect(await send(server.endpoint(), { method, path })).toMatchObject({
        status: 403,
        code: 'AccessDenied',
      });
    }
    expect(await send(server.endpoint(), { method: 'GET', path: '/' })).toMatchObject({ status: 403 });
  });

  it('refuses another secret, an unknown key, another region and another service', async () => {
    expect(await get({ credential: { ...app, secretKey: 'guessed' } })).toMatchObject({
      status: 403,
      code: 'SignatureDoesNotMatch',
    });
    expect(await get({ credential: { ...app, accessKeyId: 'nobody' } })).toMatchObject({
      status: 403,
      code: 'InvalidAccessKeyId',
    });
    expect(await get({ region: 'us-east-1' })).toMatchObject({ code: 'AuthorizationHeaderMalformed' });
    expect(await get({ service: 'sts' })).toMatchObject({ code: 'AuthorizationHeaderMalformed' });
  });

  it('refuses clocks that are more than 15 minutes off, either way', async () => {
    const minutes = (count: number) => new Date(Date.now() + count * 60_000);
    for (const date of [minutes(-16), minutes(16)]) {
      expect(await get({ date })).toMatchObject({ status: 403, code: 'RequestTimeTooSkewed' });
    }
    for (const date of [minutes(-14), minutes(14)]) expect((await get({ date })).status).toBe(200);
  });

  it('refuses a signature that leaves the host out', async () => {
    expect(await get({ signsHost: false })).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' });
  });

  it('refuses any change of method, path, query or signed header', async () => {
    const headers = sign(server.endpoint(), { method: 'GET', path, headers: { range: 'bytes=0-2' } });
    const changes = [
      { method: 'DELETE', path, headers },
      { method: 'GET', path: `/${bucket}/secret2.txt`, headers },
      { method: 'GET', path: `${path}?response-content-type=text/html`, headers },
      { method: 'GET', path, headers: { ...headers, range: 'bytes=0-9' } },
      { method: 'GET', path, headers: { ...headers, host: 'elsewhere' } },
      { method: 'GET', path, headers: { ...headers, range: undefined } },
    ];
    for (const change of changes) {
      const { range, ...others } = change.headers as Record<string, string | undefined>;
      const answer = await send(server.endpoint(), {
        ...change,
        headers: { ...others, ...(range !== undefined && { range }) },
      });
      expect(answer).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' });
    }
    expect((await send(server.endpoint(), { method: 'GET', path, headers })).text).toBe('the');
  });

  it('refuses x-amz headers that were not signed', async () => {
    const answer = await get({ unsigned: { 'x-amz-meta-extra': '1' } });
    expect(answer).toMatchObject({ status: 403, code: 'AccessDenied' });
    expect(answer.text).toContain('<HeadersNotSigned>x-amz-meta-extra</HeadersNotSigned>');
  });

  it('refuses a header that is there twice', async () => {
    const headers = sign(server.endpoint(), { method: 'GET', path });
    const twice = { ...headers, 'x-amz-date': [headers['x-amz-date'] ?? '', headers['x-amz-date'] ?? ''] };
    expect(await send(server.endpoint(), { method: 'GET', path, headers: twice })).toMatchObject({
      code: 'InvalidRequest',
    });
  });

  it('refuses malformed authorizations and session tokens', async () => {
    const headers = sign(server.endpoint(), { method: 'GET', path });
    for (const authorization of ['Basic YTpi', 'AWS app:abc', 'AWS4-HMAC-SHA256 nonsense']) {
      const answer = await send(server.endpoint(), {
        method: 'GET',
        path,
        headers: { ...headers, authorization },
      });
      expect(answer).toMatchObject({ status: 400, code: 'AuthorizationHeaderMalformed' });
    }
    expect(await get({ headers: { 'x-amz-security-token': 'x' } })).toMatchObject({ code: 'InvalidToken' });
  });

  it('tells no secret and no signature in an error', async () => {
    const answer = await get({ credential: { ...app, secretKey: 'guessed' } });
    expect(answer.text).not.toMatch(/app-secret-key|[0-9a-f]{64}|X-Amz-Signature/);
  });
});

describe('presigned URLs', () => {
  const presignGet = (change: Partial<Parameters<typeof presign>[1]> = {}) =>
    presign(server.endpoint(), { method: 'GET', key: 'secret.txt', ...change });
  const fetchPath = (signed: string, headers?: Record<string, string>) =>
    send(server.endpoint(), { method: 'GET', path: signed, ...(headers && { headers }) });

  it('are good for what they were made for, also by getSignedUrl', async () => {
    expect(await fetchPath(await presignGet())).toMatchObject({ status: 200, text: 'the secret' });
    const command = new GetObjectCommand({ Bucket: bucket, Key: 'secret.txt' });
    const url = await getSignedUrl(server.client(), command, { expiresIn: 60 });
    expect(await (await fetch(url)).text()).toBe('the secret');
  });

  it('are refused for another method', async () => {
    const signed = await presignGet();
    for (const method of ['PUT', 'DELETE', 'POST']) {
      expect((await send(server.endpoint(), { method, path: signed })).code).toBe('SignatureDoesNotMatch');
    }
    expect((await send(server.endpoint(), { method: 'HEAD', path: signed })).status).toBe(403);
  });

  it('are refused with any parameter changed or added', async () => {
    const signed = await presignGet();
    const flipped = signed.replace(/Signature=./, (text) =>
      text.endsWith('0') ? 'Signature=1' : 'Signature=0',
    );
    const changes = [
      flipped,
      signed.replace('X-Amz-Expires=300', 'X-Amz-Expires=3000'),
      signed.replace('secret.txt', 'secret2.txt'),
      `${signed}&response-content-type=text%2Fhtml`,
      `${signed}&x-amz-meta-a=b`,
    ];
    for (const change of changes) {
      expect(await fetchPath(change)).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' });
    }
  });

  it('end when they expire, and live a week at most', async () => {
    const old = await presignGet({ signingDate: new Date(Date.now() - 301_000), expiresIn: 300 });
    expect(await fetchPath(old)).toMatchObject({ status: 403, code: 'AccessDenied' });
    const early = await presignGet({ signingDate: new Date(Date.now() + 16 * 60_000) });
    expect(await fetchPath(early)).toMatchObject({ status: 403, code: 'AccessDenied' });
    for (const expires of ['0', '604801', '-1', '1e3', '']) {
      const signed = (await presignGet()).replace('X-Amz-Expires=300', `X-Amz-Expires=${expires}`);
      expect(await fetchPath(signed)).toMatchObject({
        status: 400,
        code: 'AuthorizationQueryParametersError',
      });
    }
  });

  it('are refused when part of the signature is missing, doubled, or of another region', async () => {
    const signed = await presignGet();
    for (const name of ['X-Amz-Credential', 'X-Amz-Date', 'X-Amz-SignedHeaders', 'X-Amz-Expires']) {
      const without = signed.replace(new RegExp(`&?${name}=[^&]*`), '');
      expect((await fetchPath(without)).code).toBe('AuthorizationQueryParametersError');
    }
    expect((await fetchPath(`${signed}&X-Amz-Expires=300`)).code).toBe('InvalidArgument');
    const elsewhere = await presignGet({ region: 'us-east-1' });
    expect((await fetchPath(elsewhere)).code).toBe('AuthorizationQueryParametersError');
  });

  it('are refused beside an Authorization header', async () => {
    const headers = { authorization: 'AWS4-HMAC-SHA256 x' };
    expect((await fetchPath(await presignGet(), headers)).code).toBe('InvalidArgument');
  });

  it('force type and disposition only as they were signed', async () => {
    const signed = await presignGet({
      query: {
        'response-content-type': 'application/pdf',
        'response-content-disposition': `attachment; filename*=UTF-8''%C3%A4.pdf`,
        'response-cache-control': 'no-store',
      },
    });
    const answer = await fetchPath(signed);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/pdf',
      'content-disposition': `attachment; filename*=UTF-8''%C3%A4.pdf`,
      'cache-control': 'no-store',
    });
    const splitting = await presignGet({ query: { 'response-content-type': 'a\r\nset-cookie: b' } });
    expect((await fetchPath(splitting)).code).toBe('InvalidArgument');
  });
});
