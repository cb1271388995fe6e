import { makeS3ObjectStore } from '../../../src/infra/s3/object-store.js';
import { describeObjectStoreContract } from '../../contracts/object-store.contract.js';
import { testStores } from '../../support/stores.js';

for (const testStore of testStores) {
  describeObjectStoreContract(testStore.name, async () => {
    const opened = await testStore.open();
    const store = makeS3ObjectStore(opened.config);
    return {
      ...opened,
      store,
      async close() {
        store.close();
        await opened.close();
      },
    };
  });
}
