import type { OpenBlob } from '../blob-file.js';
import type { Call } from '../call.js';
import { checkReadConditions } from '../conditions.js';
import { S3Error } from '../errors.js';
import { assertKey, decode } from '../target.js';

export interface CopySource {
  readonly bucket: string;
  readonly key: string;
  /** As it was when its conditions were checked, whatever replaces it. To be closed. */
  readonly blob: OpenBlob;
}

/** Throws NoSuchKey, AccessDenied, PreconditionFailed, or InvalidArgument for a source that is none. */
export async function openCopySource(call: Call): Promise<CopySource> {
  const [source = '', version] = (call.fields.get('x-amz-copy-source') ?? '').split('?');
  if (version !== undefined) throw new S3Error('NotImplemented', 'Versions are not implemented here.');
  const [, bucket, key] = /^\/?([^/]+)\/(.+)$/s.exec(decode(source)) ?? [];
  if (bucket === undefined || key === undefined) {
    throw new S3Error(
      'InvalidArgument',
      'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
    );
  }
  assertKey(key);
  const blob = await call.readableBucket(bucket).objects.open(key);
  if (!blob) throw new S3Error('NoSuchKey');
  try {
    if (checkReadConditions(call.fields, 'x-amz-copy-source-', blob.meta) === 'not-modified') {
      throw new S3Error('PreconditionFailed');
    }
  } catch (error) {
    await blob.close();
    throw error;
  }
  return { bucket, key, blob };
}
