import { checkBucket } from '../../../src/infra/s3/bucket-check.js';
import { setUpBucket } from '../../../src/infra/s3/bucket-setup.js';
import { makeS3ObjectStore } from '../../../src/infra/s3/object-store.js';
import { testStores } from '../../support/stores.js';
import type { OpenedStore } from '../../support/stores.js';

const origins = ['http://localhost:4000', 'https://portal.example.com'];

for (const testStore of testStores) {
  describe(`storage:check on ${testStore.name}`, () => {
    let opened: OpenedStore;
    beforeAll(async () => {
      opened = await testStore.open();
      await setUpBucket(opened.config, origins);
    });
    afterAll(() => opened.close());

    test('finds nothing FAILED once it was set up, with a write-only upload credential', async () => {
      const rows = await checkBucket(opened.config, origins);
      expect(rows.filter(({ outcome }) => outcome === 'FAILED')).toEqual([]);
      expect(rows.map(({ what }) => what)).toEqual(
        expect.arrayContaining([
          'A longer body is refused',
          'A part of another length is refused',
          'The upload credential cannot read',
          'CORS: https://portal.example.com may upload and see the ETag',
        ]),
      );
    });

    test('leaves nothing behind', async () => {
      await checkBucket(opened.config, []);
      const store = makeS3ObjectStore(opened.config);
      const left = [];
      for await (const { key } of store.list('')) left.push(key);
      for await (const { key } of store.listMultipartUploads('')) left.push(key);
      store.close();
      expect(left).toEqual([]);
    });

    test('says FAILED where the upload credential may read and list', async () => {
      const { accessKeyId, secretKey } = opened.config;
      const rows = await checkBucket({ ...opened.config, upload: { accessKeyId, secretKey } }, []);
      const failed = rows.filter(({ outcome }) => outcome === 'FAILED').map(({ what }) => what);
      expect(failed).toEqual(
        expect.arrayContaining(['The upload credential cannot read', 'The upload credential cannot list']),
      );
    });

    test('says in one row that a bucket is not there, or that a credential is wrong', async () => {
      for (const wrong of [{ bucket: 'askfile-no-such-bucket' }, { secretKey: 'not-the-secret' }]) {
        const rows = await checkBucket({ ...opened.config, ...wrong }, origins);
        expect(rows).toHaveLength(1);
        expect(rows[0]).toMatchObject({ outcome: 'FAILED' });
        expect(JSON.stringify(rows)).not.toContain('not-the-secret');
      }
    });
  });
}
