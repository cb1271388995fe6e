import { Upload } from '@aws-sdk/lib-storage';
import type { S3Client } from '@aws-sdk/client-s3';
import type { ObjectStore } from '../../domains/storage/object-store.js';
import { toFault, unavailable } from './fault.js';

/** S3 takes 10,000 parts: 80 GiB. So much of each upload, times three, is in memory. */
const partBytes = 8 * 2 ** 20;
const partsAtOnce = 2;

/** `ObjectStore.put`. The client gives up a connection on which nothing moves. */
export function makePut({ client, bucket }: { client: S3Client; bucket: string }): ObjectStore['put'] {
  return async function put({ key, contentType, body }) {
    let bodyError: Error | undefined;
    body.once('error', (error: Error) => (bodyError = error));
    try {
      await new Upload({
        client,
        params: { Bucket: bucket, Key: key, Body: body, ContentType: contentType },
        partSize: partBytes,
        queueSize: partsAtOnce,
      }).done();
    } catch (error) {
      throw bodyError ?? unavailable(toFault('PutObject', error));
    } finally {
      body.destroy();
    }
  };
}
