import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import type { ListMultipartUploadsCommandOutput, MultipartUpload } from '@aws-sdk/client-s3';
import type { ListedMultipartUpload, ObjectStore } from '../../domains/storage/object-store.js';
import { withDeadline } from './deadline.js';
import { StorageFault, toFault, unavailable } from './fault.js';
import type { ListDeps } from './object-list.js';

interface Marker {
  readonly KeyMarker: string;
  readonly UploadIdMarker?: string;
}

/** `ObjectStore.listMultipartUploads`: one page of up to 1000 is held at a time. */
export function makeMultipartList({
  client,
  bucket,
  requestTimeoutMs,
}: ListDeps): ObjectStore['listMultipartUploads'] {
  return async function* listMultipartUploads(prefix) {
    let marker: Marker | undefined;
    do {
      const page = await getPage(prefix, marker);
      yield* page.uploads;
      marker = page.next;
    } while (marker !== undefined);
  };

  async function getPage(prefix: string, marker: Marker | undefined) {
    const input = { Bucket: bucket, Prefix: prefix, ...marker };
    try {
      const page = await withDeadline('ListMultipartUploads', requestTimeoutMs, (abortSignal) =>
        client.send(new ListMultipartUploadsCommand(input), { abortSignal }),
      );
      if (page.Bucket === undefined) throw new StorageFault('ListMultipartUploads', 'IncompleteAnswer', 0);
      return { uploads: (page.Uploads ?? []).map(toListed), next: toMarker(page) };
    } catch (error) {
      throw unavailable(toFault('ListMultipartUploads', error));
    }
  }
}

function toMarker(page: ListMultipartUploadsCommandOutput): Marker | undefined {
  if (page.IsTruncated !== true) return undefined;
  const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page;
  if (!KeyMarker) throw new StorageFault('ListMultipartUploads', 'IncompleteAnswer', 0);
  return UploadIdMarker ? { KeyMarker, UploadIdMarker } : { KeyMarker };
}

function toListed({ Key, UploadId, Initiated }: MultipartUpload): ListedMultipartUpload {
  if (Key === undefined || UploadId === undefined || Initiated === undefined) {
    throw new StorageFault('ListMultipartUploads', 'IncompleteAnswer', 0);
  }
  return { key: Key, multipartId: UploadId, begunAt: Initiated };
}
