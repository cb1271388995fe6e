import type { BlobMeta } from './blob-file.js';
import { S3Error } from './errors.js';
import type { Guard } from './object-files.js';

/**
 * The conditions of a read, in the order of RFC 9110, 13.2.2. Returns whether the client has it already;
 * throws PreconditionFailed. `prefix` is '' or 'x-amz-copy-source-'.
 */
export function checkReadConditions(
  fields: ReadonlyMap<string, string>,
  prefix: '' | 'x-amz-copy-source-',
  meta: BlobMeta,
): 'wanted' | 'not-modified' {
  const ifMatch = fields.get(`${prefix}if-match`);
  const ifNoneMatch = fields.get(`${prefix}if-none-match`);
  const ifModifiedSince = toTime(fields.get(`${prefix}if-modified-since`));
  const ifUnmodifiedSince = toTime(fields.get(`${prefix}if-unmodified-since`));
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, meta.etag)) throw new S3Error('PreconditionFailed');
  } else if (ifUnmodifiedSince !== undefined && meta.lastModified > ifUnmodifiedSince) {
    throw new S3Error('PreconditionFailed');
  }
  if (ifNoneMatch !== undefined) return matches(ifNoneMatch, meta.etag) ? 'not-modified' : 'wanted';
  return ifModifiedSince !== undefined && meta.lastModified <= ifModifiedSince ? 'not-modified' : 'wanted';
}

/** The conditions of a write: `If-None-Match: *`, `If-Match`. undefined when there are none. */
export function toWriteGuard(fields: ReadonlyMap<string, string>): Guard | undefined {
  const ifMatch = fields.get('if-match');
  const ifNoneMatch = fields.get('if-none-match');
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') {
    throw new S3Error('NotImplemented', 'If-None-Match of a write must be *.');
  }
  if (ifMatch === undefined && ifNoneMatch === undefined) return undefined;
  return (current) => {
    if (ifNoneMatch !== undefined && current) throw new S3Error('PreconditionFailed');
    if (ifMatch === undefined) return;
    if (!current) throw new S3Error('NoSuchKey');
    if (!matches(ifMatch, current.etag)) throw new S3Error('PreconditionFailed');
  };
}

export function matches(list: string, etag: string): boolean {
  return list.split(',').some((entry) => {
    const text = entry.trim().replace(/^W\//, '');
    return text === '*' || unquoted(text) === etag;
  });
}

export function unquoted(etag: string): string {
  return etag.trim().replace(/^"(.*)"$/, '$1');
}

/** undefined for a date that is none: such a condition is ignored. */
function toTime(text: string | undefined): number | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}
