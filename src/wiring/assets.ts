import { tmpDir } from '../adapters.js';
import { makeAssetAccess } from '../domains/assets/asset-access.js';
import { makeAssetChanges } from '../domains/assets/asset-changes.service.js';
import { makeAssetEvents } from '../domains/assets/asset-events.js';
import { makeAssetFeeds } from '../domains/assets/asset-feeds.js';
import { makeAssetLists } from '../domains/assets/asset-list.service.js';
import { makeAssetTexts } from '../domains/assets/asset-texts.js';
import { makeAssetWatch } from '../domains/assets/asset-watch.js';
import { makeAssets } from '../domains/assets/asset.service.js';
import { makeMemoryLists } from '../domains/assets/memory-list.service.js';
import { makeDownloads } from '../domains/assets/download.service.js';
import { makeTrashFolders } from '../domains/assets/trash-folders.js';
import { makeTrashLists } from '../domains/assets/trash-list.service.js';
import { makeTrash, type TrashDeps } from '../domains/assets/trash.service.js';
import { makeUsageByType } from '../domains/assets/usage-by-type.service.js';
import { makeProcessAsset } from '../domains/processing/process-asset.js';
import { makeProcessing } from '../domains/processing/processing.service.js';
import { makeTranscribe } from '../domains/processing/transcribe.js';
import { defaultArchiveLimits } from '../domains/scanning/archive-limits.js';
import { makeScan } from '../domains/scanning/scan-bytes.js';
import { makeScanning } from '../domains/scanning/scanning.service.js';
import { makeFolders } from '../domains/spaces/folder.service.js';
import { mayBeCalled } from '../domains/uploads/content.js';
import { makeProcessingMetrics } from '../http/processing-metrics.js';
import type { Foundation } from './foundation.js';
import type { MemoryWiring } from './memories.js';
import type { PeopleWiring } from './people.js';

export type AssetWiring = ReturnType<typeof wireAssets>;

/** What was uploaded: where it is, who may see it, what is found out about it, and its end. */
export function wireAssets(
  { config, adapters, keyring, publicUrl, common }: Foundation,
  { services: { quotas }, isStillValid, spaceAccess }: PeopleWiring,
  { ciphers, memories, showNames }: MemoryWiring,
  { assetUploads }: Pick<TrashDeps, 'assetUploads'>,
) {
  const events = makeAssetEvents(common);
  const access = makeAssetAccess({ spaceAccess });
  const texts = makeAssetTexts(common);
  const processing = makeProcessing({ ...common, access, texts, isOn: config.processing.isOn });
  const processingMetrics = makeProcessingMetrics({ countPending: processing.countPending });
  const { begin: onClean, deleteThumbnail: deleteDerived, findThumbnailKey } = processing;
  const assets = makeAssets({ ...common, access, events, showNames, onClean });
  const usageByType = makeUsageByType(common);
  const { trashHours } = config.assets;
  const trash = makeTrash({
    ...common,
    quotas,
    access,
    events,
    assets,
    deleteDerived,
    assetUploads,
    trashHours,
  });
  const folders = makeFolders({
    ...common,
    access: spaceAccess,
    contents: makeTrashFolders({ quotas, events, trashHours }),
  });
  const assetLists = makeAssetLists({ ...common, spaceAccess, folders });
  const memoryLists = makeMemoryLists({ ...common, memories, assets });
  const trashLists = makeTrashLists({ ...common, spaceAccess, access, assets });
  const assetChanges = makeAssetChanges({
    ...common,
    access,
    assets,
    ciphers,
    events,
    folders,
    mayBeCalled,
  });
  const checkEverySeconds = config.prompts.deliveryCheckSeconds;
  const assetWatch = makeAssetWatch({ ...common, checkEverySeconds });
  const assetFeeds = makeAssetFeeds({ ...common, memories, spaceAccess, watch: assetWatch });
  const downloads = makeDownloads({
    ...common,
    keyring,
    access,
    ciphers,
    isStillValid,
    findThumbnailKey,
    publicUrl,
  });
  const scanning = makeScanning({
    ...common,
    assets,
    scanBytes: makeScan({ scanner: adapters.scanner, archiveLimits: defaultArchiveLimits, tmpDir }),
  });
  const processAsset = makeProcessAsset({
    ...common,
    assets,
    events,
    texts,
    extractor: adapters.extractor,
    transcribe: makeTranscribe({ ...common, transcriber: adapters.transcriber }),
    onProcessed: processingMetrics.observe,
  });
  const services = {
    assetChanges,
    assetFeeds,
    assetLists,
    assets,
    downloads,
    folders,
    memoryLists,
    processing,
    trash,
    trashLists,
    usageByType,
  };
  return { services, access, assetWatch, events, onClean, processAsset, processingMetrics, scanning };
}
