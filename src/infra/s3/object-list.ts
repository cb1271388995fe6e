import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { ListObjectsV2CommandOutput, S3Client, _Object } from '@aws-sdk/client-s3';
import type { ListedObject, ObjectStore } from '../../domains/storage/object-store.js';
import { withDeadline } from './deadline.js';
import { StorageFault, toFault, unavailable } from './fault.js';

export interface ListDeps {
  readonly client: S3Client;
  readonly bucket: string;
  readonly requestTimeoutMs: number;
}

/** `ObjectStore.list`: one page of up to 1000 is held at a time, and asked for when the one before is used up. */
export function makeList({ client, bucket, requestTimeoutMs }: ListDeps): ObjectStore['list'] {
  return async function* list(prefix) {
    let token: string | undefined;
    do {
      const page = await getPage(prefix, token);
      yield* page.objects;
      token = page.next;
    } while (token !== undefined);
  };

  async function getPage(prefix: string, token: string | undefined) {
    const from = token === undefined ? {} : { ContinuationToken: token };
    try {
      const page = await withDeadline('ListObjectsV2', requestTimeoutMs, (abortSignal) =>
        client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ...from }), { abortSignal }),
      );
      // Taken for an empty or last page, it would make `reconcile` call every later object missing.
      if (!isWhole(page)) throw new StorageFault('ListObjectsV2', 'IncompleteAnswer', 0);
      return {
        objects: (page.Contents ?? []).map(toListed),
        next: page.IsTruncated === true ? page.NextContinuationToken : undefined,
      };
    } catch (error) {
      throw unavailable(toFault('ListObjectsV2', error));
    }
  }
}

function isWhole(page: ListObjectsV2CommandOutput): boolean {
  return page.Name !== undefined && (page.IsTruncated !== true || page.NextContinuationToken !== undefined);
}

function toListed({ Key, Size, LastModified }: _Object): ListedObject {
  if (Key === undefined || Size === undefined || LastModified === undefined) {
    throw new StorageFault('ListObjectsV2', 'IncompleteAnswer', 0);
  }
  return { key: Key, sizeBytes: Size, lastModified: LastModified };
}
