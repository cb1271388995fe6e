import { Readable } from 'node:stream';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { startChildServer } from './child-server.js';
import { bucket, makeClient, makeTempDir } from './harness.js';

const MiB = 1024 ** 2;

/** So many bytes that are never in memory together. */
function stream(sizeMiB: number): Readable {
  const block = Buffer.alloc(MiB, 'x');
  return Readable.from(
    (function* () {
      for (let at = 0; at < sizeMiB; at++) yield block;
    })(),
  );
}

it('puts, joins, copies and reads objects larger than the memory it takes', async () => {
  const sizeMiB = 600;
  const dir = await makeTempDir();
  const server = await startChildServer(dir.path);
  const client = makeClient(server.endpoint);
  const object = { Bucket: bucket, Key: 'large' };
  await client.send(new PutObjectCommand({ ...object, Body: stream(sizeMiB), ContentLength: sizeMiB * MiB }));
  await client.send(new CopyObjectCommand({ ...object, Key: 'copy', CopySource: `${bucket}/large` }));

  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ ...object, Key: 'joined' }));
  const upload = { Bucket: bucket, Key: 'joined', UploadId };
  const Parts = [];
  for (const PartNumber of [1, 2]) {
    const size = sizeMiB / 2;
    const part = { ...upload, PartNumber, Body: stream(size), ContentLength: size * MiB };
    Parts.push({ PartNumber, ETag: (await client.send(new UploadPartCommand(part))).ETag });
  }
  await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));

  for (const Key of ['copy', 'joined']) {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
    let bytes = 0;
    // In node a body is a Readable of Buffers.
    for await (const chunk of Body as AsyncIterable<Buffer>) bytes += chunk.length;
    expect(bytes).toBe(sizeMiB * MiB);
  }
  client.destroy();
  // Some 130 MiB, of which 90 are node and the compiler of the tests; more where the collector comes late.
  expect(await server.stop()).toBeLessThan(sizeMiB);
  await dir.remove();
});
