import { setUpBucket } from '../../../src/infra/s3/bucket-setup.js';
import { testStores } from '../../support/stores.js';
import type { OpenedStore } from '../../support/stores.js';

const origins = ['http://localhost:4000', 'https://portal.example.com'];

for (const testStore of testStores) {
  describe(`storage:setup on ${testStore.name}`, () => {
    let opened: OpenedStore;
    beforeAll(async () => {
      opened = await testStore.open();
    });
    afterAll(() => opened.close());

    const outcomes = async (config = opened.config, from = origins) =>
      (await setUpBucket(config, from)).map(({ outcome }) => outcome);

    test('sets what is missing, and the second time finds everything so', async () => {
      const first = await outcomes();
      expect(first[0]).toBe('already so');
      const second = await outcomes();
      expect(second).toEqual(first.map((outcome) => (outcome === 'done' ? 'already so' : outcome)));
    });

    test('says FAILED, in words without secrets, where the credential is wrong', async () => {
      const rows = await setUpBucket({ ...opened.config, secretKey: 'not-the-secret' }, origins);
      expect(rows).toEqual([
        { what: expect.any(String) as string, outcome: 'FAILED', advice: expect.any(String) as string },
      ]);
      expect(JSON.stringify(rows)).not.toContain('not-the-secret');
    });

    test('gives advice by hand for what the store does not support', async () => {
      for (const { outcome, advice } of await setUpBucket(opened.config, origins)) {
        expect(advice === null).toBe(outcome === 'already so');
      }
    });
  });
}
