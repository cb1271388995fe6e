import { makeAssetBytes } from '../domains/assets/asset-bytes.js';
import { makeUsageCounters } from '../domains/quotas/usage-counters.js';
import { makeBeginUpload } from '../domains/uploads/begin-upload.js';
import { makeCompleteUpload } from '../domains/uploads/complete-upload.js';
import { makeDirectDestination } from '../domains/uploads/direct-destination.js';
import { makeForgetUploads } from '../domains/uploads/forget-uploads.js';
import { makeReplacements } from '../domains/uploads/replacements.js';
import { makeStoreFile } from '../domains/uploads/store-file.js';
import { makeAbortStrays } from '../domains/uploads/abort-strays.js';
import type { Destination } from '../domains/uploads/destination.js';
import type { Upload } from '../domains/uploads/upload.js';
import { makeUploads } from '../domains/uploads/upload.service.js';
import { makeVerifiedFiles } from '../domains/uploads/verified-files.js';
import { makeCheckUsage } from '../jobs/check-usage.js';
import { makeReconcile } from '../jobs/reconcile.js';
import type { AssetWiring } from './assets.js';
import type { Foundation } from './foundation.js';
import type { MemoryWiring } from './memories.js';
import type { PeopleWiring } from './people.js';

/** How bytes come in and are verified, and how what is stored is compared with what is known. */
export function wireUploads(
  { config, common }: Foundation,
  { services: { accounts, agents, quotas } }: PeopleWiring,
  { ciphers, showNames }: MemoryWiring,
  { services: { assets, folders, processing }, access, events, onClean, scanning }: AssetWiring,
  { destinationOfPrompts }: { destinationOfPrompts: () => Destination },
) {
  const direct = makeDirectDestination({ ...common, folders });
  const destinationOf = ({ promptId }: Upload) => (promptId === null ? direct : destinationOfPrompts());
  const { minUploadLeaseSeconds: minLeaseSeconds } = config.prompts;
  const { maxSizeBytes, multipartFromBytes } = config.uploads;
  const uploads = makeUploads({
    ...common,
    showNames,
    quotas,
    destinationOf,
    minLeaseSeconds,
    multipartFromBytes,
  });
  const verifiedFiles = makeVerifiedFiles({ ...common, assets, quotas });
  const replacements = makeReplacements({
    ...common,
    quotas,
    assetBytes: makeAssetBytes({ ...common, events, quotas, onClean }),
    scanning,
    uploads,
  });
  const beginUpload = makeBeginUpload({
    ...common,
    agents,
    folders,
    uploads,
    maxSizeBytes,
  });
  const completeUpload = makeCompleteUpload({
    ...common,
    access,
    assets,
    uploads,
    verifiedFiles,
    replacements,
    ciphers,
    destinationOf,
  });
  const storeFile = makeStoreFile({
    ...common,
    uploads,
    beginUpload,
    completeUpload,
    minLeaseSeconds,
    maxSizeBytes,
  });
  const { reconcile, clearStaging } = makeReconcile({
    ...common,
    accounts,
    assets,
    processing,
    uploads,
    verifiedFiles,
  });
  const { checkUsage, checkDueUsage } = makeCheckUsage({
    ...common,
    counters: makeUsageCounters(common),
    assets,
    uploads,
  });
  const abortStrays = makeAbortStrays({ ...common, accounts });
  const assetUploads = makeForgetUploads({ ...common, uploads });
  const services = { beginUpload, completeUpload, storeFile, uploads };
  return {
    services,
    abortStrays,
    assetUploads,
    checkDueUsage,
    checkUsage,
    clearStaging,
    reconcile,
    replacements,
    verifiedFiles,
  };
}
