import { makeS3ObjectStore } from '../object-store.js';
import { toPublicUrl } from '../urls.js';
import { body, failed, ok, send, storeBody } from './check.js';
import type { Check, CheckContext, Finding } from './check.js';

const closeIt = 'The bucket is open to everybody. Remove its public policy and ACLs.';

/** Who may do what without a signature of ours. */
export const accessChecks: readonly Check[] = [
  {
    what: 'Nobody reads without a signature',
    async run({ config, store, newKey }) {
      const key = newKey();
      await storeBody(store, key);
      return (await send(toPublicUrl(config, key), { method: 'GET' })) === 200 ? failed(closeIt) : ok;
    },
  },
  {
    what: 'Nobody writes without a signature',
    async run({ config, store, newKey }) {
      const key = newKey();
      await send(toPublicUrl(config, key), { method: 'PUT', body });
      return (await store.head(key)) === undefined ? ok : failed(closeIt);
    },
  },
  {
    what: 'Nobody deletes without a signature',
    async run({ config, store, newKey }) {
      const key = newKey();
      await storeBody(store, key);
      await send(toPublicUrl(config, key), { method: 'DELETE' });
      return (await store.head(key)) === undefined ? failed(closeIt) : ok;
    },
  },
  {
    what: 'Nobody lists without a signature',
    async run({ config }) {
      return (await send(toPublicUrl(config, ''), { method: 'GET' })) === 200 ? failed(closeIt) : ok;
    },
  },
  { what: 'The upload credential cannot read', run: (context) => asUploader(context, 'read') },
  { what: 'The upload credential cannot list', run: (context) => asUploader(context, 'list') },
];

/** Where there is no upload credential, whether one is needed is the business of the x-amz-copy-source check. */
async function asUploader(
  { config, store, newKey }: CheckContext,
  action: 'read' | 'list',
): Promise<Finding> {
  if (config.upload === null) return { outcome: 'ok', advice: 'None is set.' };
  const key = newKey();
  await storeBody(store, key);
  const uploader = makeS3ObjectStore({ ...config, ...config.upload });
  try {
    if (action === 'read') (await uploader.read(key)).destroy();
    else await uploader.list(key)[Symbol.asyncIterator]().next();
    return failed('Take every right but writing from STORAGE_UPLOAD_ACCESS_KEY_ID.');
  } catch {
    return ok;
  } finally {
    uploader.close();
  }
}
