import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, DeleteBucketCommand } from '@aws-sdk/client-s3';
import type { StorageConfig } from '../../src/config.js';
import { startS3Server } from '../../src/embedded/s3/server.js';
import { makeS3Client } from '../../src/infra/s3/client.js';
import type { S3Credential } from '../../src/infra/s3/client.js';
import { makeS3ObjectStore } from '../../src/infra/s3/object-store.js';

export interface OpenedStore {
  /** Of a new, empty bucket; with an upload credential that may only write. */
  readonly config: StorageConfig;
  /** A tenant of the same server that owns nothing here. */
  readonly otherTenant: S3Credential;
  /** Takes the bucket and what is in it away. */
  close(): Promise<void>;
}

export interface TestStore {
  readonly name: string;
  readonly open: () => Promise<OpenedStore>;
}

/** The embedded store, always; a real server besides, where TEST_STORAGE_ENDPOINT names one. */
export const testStores: readonly TestStore[] = [
  { name: 'the embedded store', open: openEmbedded },
  ...(process.env['TEST_STORAGE_ENDPOINT'] === undefined
    ? []
    : [{ name: 'the real server', open: () => openReal(process.env) }]),
];

async function openEmbedded(): Promise<OpenedStore> {
  const dataDir = await mkdtemp(join(tmpdir(), 'askfile-s3-'));
  const full = { accessKeyId: 'app', secretKey: 'app-secret-key' };
  const upload = { accessKeyId: 'app-upload', secretKey: 'upload-secret-key' };
  const otherTenant = { accessKeyId: 'other', secretKey: 'other-secret-key' };
  const server = await startS3Server({
    dataDir,
    region: 'us-east-1',
    bucket: 'askfile',
    credentials: [
      { ...full, access: 'full', account: 'askfile' },
      { ...upload, access: 'write-only', account: 'askfile' },
      { ...otherTenant, access: 'full', account: 'other' },
    ],
  });
  return {
    config: toConfig(server.endpoint, 'askfile', full, upload),
    otherTenant,
    async close() {
      await server.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function openReal(env: NodeJS.ProcessEnv): Promise<OpenedStore> {
  const credential = (prefix: string) => ({
    accessKeyId: env[`TEST_STORAGE_${prefix}ACCESS_KEY_ID`] ?? '',
    secretKey: env[`TEST_STORAGE_${prefix}SECRET_KEY`] ?? '',
  });
  const bucket = `askfile-test-${Math.random().toString(36).slice(2, 12)}`;
  const config = toConfig(env['TEST_STORAGE_ENDPOINT'] ?? '', bucket, credential(''), credential('UPLOAD_'));
  const client = makeS3Client(config);
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  return {
    config,
    otherTenant: credential('OTHER_'),
    async close() {
      const store = makeS3ObjectStore(config);
      for await (const upload of store.listMultipartUploads('')) await store.abortMultipart(upload);
      for await (const { key } of store.list('')) await store.delete(key);
      await client.send(new DeleteBucketCommand({ Bucket: bucket }));
      store.close();
      client.destroy();
    },
  };
}

function toConfig(endpoint: string, bucket: string, full: S3Credential, upload: S3Credential): StorageConfig {
  return {
    endpoint,
    region: 'us-east-1',
    bucket,
    ...full,
    publicUrl: endpoint,
    forcePathStyle: true,
    upload,
  };
}
