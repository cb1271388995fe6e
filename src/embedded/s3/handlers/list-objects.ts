import type { BlobMeta } from '../blob-file.js';
import type { Call, Reply } from '../call.js';
import { xmlReply } from '../call.js';
import { S3Error } from '../errors.js';
import { selectPage } from '../key-index.js';
import type { PageEntry } from '../key-index.js';
import { fromKeyBytes, toKeyBytes } from '../key-names.js';
import { quoted } from '../object-headers.js';
import { element, optional, s3Namespace, xmlDocument } from '../xml.js';
import type { Xml } from '../xml.js';
import { readCount, readEncoder } from './list-query.js';

const maxPage = 1000;

/** ListObjectsV2: keys in the order of their UTF-8 bytes. */
export async function listObjects(call: Call): Promise<Reply> {
  const { query, bucket } = call;
  if (query.get('list-type') !== '2')
    throw new S3Error('NotImplemented', 'Only list-type=2 is implemented here.');
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const startAfter = query.get('start-after');
  const token = query.get('continuation-token');
  const maxKeys = readCount(query, 'max-keys', maxPage);
  const encode = readEncoder(query);

  const page = selectPage(bucket.objects.index, {
    prefix: toKeyBytes(prefix),
    delimiter: delimiter === '' ? undefined : toKeyBytes(delimiter),
    startAfter: toKeyBytes(startAfter ?? ''),
    resumeAfter: token === undefined ? undefined : fromToken(token),
    maxEntries: maxKeys,
  });
  const contents: Xml[] = [];
  const prefixes: Xml[] = [];
  for (const entry of page.entries) {
    if ('commonPrefix' in entry) {
      prefixes.push(element('CommonPrefixes', [element('Prefix', encode(fromKeyBytes(entry.commonPrefix)))]));
      continue;
    }
    // One that was deleted meanwhile is left out; a page may be shorter than asked.
    const meta = await bucket.objects.headBytes(entry.key);
    if (meta) contents.push(toContents(encode(fromKeyBytes(entry.key)), meta, ownerFor(call)));
  }
  return xmlReply(
    xmlDocument(
      element(
        'ListBucketResult',
        [
          element('Name', bucket.name),
          element('Prefix', encode(prefix)),
          ...optional('Delimiter', delimiter === '' ? undefined : encode(delimiter)),
          element('MaxKeys', maxKeys),
          ...optional('EncodingType', query.get('encoding-type')),
          element('KeyCount', contents.length + prefixes.length),
          element('IsTruncated', page.next !== undefined),
          ...optional('ContinuationToken', token),
          ...optional('NextContinuationToken', page.next && toToken(page.next)),
          ...optional('StartAfter', startAfter === undefined ? undefined : encode(startAfter)),
          ...contents,
          ...prefixes,
        ],
        s3Namespace,
      ),
    ),
  );
}

function toContents(key: string, meta: BlobMeta, owner: Xml[]): Xml {
  return element('Contents', [
    element('Key', key),
    element('LastModified', new Date(meta.lastModified).toISOString()),
    element('ETag', quoted(meta.etag)),
    ...optional('ChecksumAlgorithm', meta.checksum?.algorithm),
    ...optional('ChecksumType', meta.checksum?.type),
    element('Size', meta.sizeBytes),
    element('StorageClass', 'STANDARD'),
    ...owner,
  ]);
}

function ownerFor(call: Call): Xml[] {
  return call.query.get('fetch-owner') === 'true'
    ? [element('Owner', [element('ID', call.bucket.account)])]
    : [];
}

function toToken(entry: PageEntry): string {
  const text = 'key' in entry ? `k${entry.key}` : `p${entry.commonPrefix}`;
  return Buffer.from(text, 'latin1').toString('base64url');
}

function fromToken(token: string): PageEntry {
  const text = Buffer.from(token, 'base64url').toString('latin1');
  if (text.startsWith('k')) return { key: text.slice(1) };
  if (text.startsWith('p')) return { commonPrefix: text.slice(1) };
  throw new S3Error('InvalidArgument', 'The continuation token provided is incorrect');
}
