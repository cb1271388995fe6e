import type { StorageConfig } from '../../src/config.js';
import type { ObjectStore } from '../../src/domains/storage/object-store.js';
import type { S3Credential } from '../../src/infra/s3/client.js';
import { describeCopies } from './object-store/copies.js';
import { describeDownloads } from './object-store/downloads.js';
import { describeObjects } from './object-store/objects.js';
import { describeParts } from './object-store/parts.js';
import { describeStreams } from './object-store/streams.js';
import { describeTenants } from './object-store/tenants.js';
import { describeUploads } from './object-store/uploads.js';

export interface OpenedObjectStore {
  readonly store: ObjectStore;
  readonly config: StorageConfig;
  readonly otherTenant: S3Credential;
  close(): Promise<void>;
}

/** Proves every sentence of the `ObjectStore` port, and what the product relies on beyond it, on a new bucket. */
export function describeObjectStoreContract(name: string, open: () => Promise<OpenedObjectStore>): void {
  describe(`${name} keeps the ObjectStore contract`, () => {
    let opened: OpenedObjectStore;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());

    describeUploads(() => opened);
    describeParts(() => opened);
    describeStreams(() => opened);
    describeDownloads(() => opened);
    describeObjects(() => opened);
    describeCopies(() => opened);
    describeTenants(() => opened);
  });
}
