import type { BlobMeta } from '../blob-file.js';
import type { Call, Reply } from '../call.js';
import { checkReadConditions, matches } from '../conditions.js';
import { S3Error } from '../errors.js';
import { assertHeaderValue, toChecksumHeaders, toObjectHeaders } from '../object-headers.js';

export const overridable = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
] as const;

interface Range {
  /** Both included. */
  readonly start: number;
  readonly end: number;
}

/** GetObject and HeadObject. */
export async function getObject(call: Call): Promise<Reply> {
  const blob = await call.bucket.objects.open(call.key);
  if (!blob) throw new S3Error('NoSuchKey');
  let isRead = false;
  try {
    const { meta } = blob;
    const headers = { ...toObjectHeaders(meta), ...readOverrides(call.query) };
    if (checkReadConditions(call.fields, '', meta) === 'not-modified') {
      const { etag = '', 'last-modified': lastModified = '' } = headers;
      return { status: 304, headers: { etag, 'last-modified': lastModified } };
    }
    const range = readRange(call.fields, meta);
    const { start, end } = range ?? { start: 0, end: meta.sizeBytes - 1 };
    const wantsChecksum = call.fields.get('x-amz-checksum-mode')?.toUpperCase() === 'ENABLED';
    const reply = {
      status: range ? 206 : 200,
      headers: {
        ...headers,
        // A checksum is of the whole.
        ...(wantsChecksum && !range ? toChecksumHeaders(meta.checksum) : {}),
        ...(range && { 'content-range': `bytes ${start}-${end}/${meta.sizeBytes}` }),
        'content-length': String(end - start + 1),
      },
    };
    if (call.http.method === 'HEAD' || end < start) return reply;
    isRead = true;
    return { ...reply, body: { stream: blob.read(start, end) } };
  } finally {
    if (!isRead) await blob.close();
  }
}

/** `response-content-type` and its kin: all of the query is signed, so whoever asks may. */
function readOverrides(query: ReadonlyMap<string, string>): Record<string, string> {
  const overrides: Record<string, string> = {};
  for (const name of overridable) {
    const value = query.get(`response-${name}`);
    if (value === undefined) continue;
    assertHeaderValue(value);
    overrides[name] = value;
  }
  return overrides;
}

/** One range; undefined for none, several, or one that is not well-formed: the whole is the answer to these. */
function readRange(fields: ReadonlyMap<string, string>, meta: BlobMeta): Range | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(fields.get('range') ?? '');
  const ifRange = fields.get('if-range');
  if (!match || (ifRange !== undefined && !matches(ifRange, meta.etag))) return undefined;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(0, meta.sizeBytes - Number(last)) : Number(first);
  const end = first === '' || last === '' ? meta.sizeBytes - 1 : Math.min(Number(last), meta.sizeBytes - 1);
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  if (start >= meta.sizeBytes) {
    throw new S3Error('InvalidRange', undefined, {
      headers: { 'content-range': `bytes */${meta.sizeBytes}` },
    });
  }
  return { start, end };
}
