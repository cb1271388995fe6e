import type { StorageConfig } from '../../../src/config.js';
import { toPublicUrl } from '../../../src/infra/s3/urls.js';

const config: StorageConfig = {
  endpoint: 'https://s3.example.com',
  publicUrl: 'https://s3.example.com',
  region: 'us-east-1',
  bucket: 'files',
  accessKeyId: 'a',
  secretKey: 'b',
  forcePathStyle: false,
  upload: null,
};

test.each<[Partial<StorageConfig>, string]>([
  [{}, 'https://files.s3.example.com/a%20b/c'],
  [{ forcePathStyle: true }, 'https://s3.example.com/files/a%20b/c'],
  [{ publicUrl: 'https://s3.example.com/store/' }, 'https://files.s3.example.com/store/a%20b/c'],
  [{ publicUrl: 'http://localhost:9000' }, 'http://files.localhost:9000/a%20b/c'],
  // What has no subdomains is addressed by path, as the SDK does.
  [{ publicUrl: 'http://127.0.0.1:9000' }, 'http://127.0.0.1:9000/files/a%20b/c'],
  [{ publicUrl: 'http://[::1]:9000' }, 'http://[::1]:9000/files/a%20b/c'],
  [{ bucket: 'my.files' }, 'https://s3.example.com/my.files/a%20b/c'],
])('%j is found at %s', (given, url) => {
  expect(toPublicUrl({ ...config, ...given }, 'a b/c')).toBe(url);
});
