import type { StorageConfig } from '../src/config.js';
import { makeS3ObjectStore } from '../src/infra/s3/object-store.js';
import type { Measurement } from './support/measurement.js';
import type { PartOptions } from './support/part.js';

/** Nothing is ever sent there: signing is arithmetic. */
const storage: StorageConfig = {
  endpoint: 'http://127.0.0.1:9',
  publicUrl: 'http://127.0.0.1:9',
  region: 'us-east-1',
  bucket: 'bench',
  accessKeyId: 'bench',
  secretKey: 'bench-secret-key',
  forcePathStyle: true,
  upload: null,
};

/** What a signed URL costs; a page of twenty thumbnails has twenty. */
export async function measurePresigning({ quick }: PartOptions): Promise<Measurement[]> {
  const [rounds, urls] = quick ? [5, 500] : [20, 2_000];
  const objects = makeS3ObjectStore(storage);
  const sign = (key: string) =>
    objects.presignPut({ key, contentType: 'application/pdf', sizeBytes: 1_000, expiresInSeconds: 300 });
  const values: number[] = [];
  for (let round = -1; round < rounds; round += 1) {
    const before = process.cpuUsage();
    for (let url = 0; url < urls; url += 1) await sign(`staging/org/${round}/${url}.pdf`);
    const { user, system } = process.cpuUsage(before);
    // The first round compiles.
    if (round >= 0) values.push((user + system) / urls);
  }
  objects.close();
  return [
    {
      name: 'signing an upload URL: CPU',
      unit: 'µs',
      values,
      how: `content-type and content-length pinned; ${rounds} rounds of ${urls} URLs`,
    },
  ];
}
