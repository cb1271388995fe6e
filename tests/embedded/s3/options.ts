import type { S3ServerOptions } from '../../../src/embedded/s3/server.js';

export const region = 'eu-test-1';
export const bucket = 'assets';
export const app = {
  accessKeyId: 'app',
  secretKey: 'app-secret-key',
  access: 'full',
  account: 'askfile',
} as const;
export const uploader = {
  accessKeyId: 'app-upload',
  secretKey: 'upload-secret-key',
  access: 'write-only',
  account: 'askfile',
} as const;
export const stranger = {
  accessKeyId: 'other',
  secretKey: 'other-secret-key',
  access: 'full',
  account: 'other',
} as const;

export function serverOptions(dataDir: string): S3ServerOptions {
  return { dataDir, region, bucket, credentials: [app, uploader, stranger] };
}
