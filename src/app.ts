import { mkdir } from 'node:fs/promises';
import { jobsChannel, tmpDir, type Adapters } from './adapters.js';
import { makeAuthenticate } from './auth/authenticate.js';
import type { AppConfig } from './config.js';
import { keepOpen } from './core/keep-open.js';
import { makeKeyring } from './core/keyring.js';
import type { Log } from './core/log.js';
import { makeCursors } from './core/pagination.js';
import { makeAccounts } from './domains/accounts/account.service.js';
import { makeAgents } from './domains/accounts/agent.service.js';
import { makeAppKeys } from './domains/accounts/app-key.service.js';
import { makeAudit } from './domains/accounts/audit.service.js';
import { makeAuditLog } from './domains/accounts/audit-log.service.js';
import { makePeople } from './domains/accounts/people.service.js';
import { makeAssetAccess } from './domains/assets/asset-access.js';
import { makeAssetBytes } from './domains/assets/asset-bytes.js';
import { makeAssetEvents } from './domains/assets/asset-events.js';
import { makeAssetChanges } from './domains/assets/asset-changes.service.js';
import { makeAssetFeeds } from './domains/assets/asset-feeds.js';
import { makeAssetLists } from './domains/assets/asset-list.service.js';
import { makeMemoryLists } from './domains/assets/memory-list.service.js';
import { makeAssets } from './domains/assets/asset.service.js';
import { makeAssetTexts } from './domains/assets/asset-texts.js';
import { makeAssetWatch } from './domains/assets/asset-watch.js';
import { makeDownloads } from './domains/assets/download.service.js';
import { sealedAssets } from './domains/assets/sealed-assets.store.js';
import { makeTrashFolders } from './domains/assets/trash-folders.js';
import { makeTrashLists } from './domains/assets/trash-list.service.js';
import { makeTrash } from './domains/assets/trash.service.js';
import { makeUsageByType } from './domains/assets/usage-by-type.service.js';
import { makeCapabilities } from './domains/capabilities/capability.service.js';
import { defaultUploadLimits } from './domains/capabilities/upload-limits.js';
import { makeErasing } from './domains/erasure/erasing.js';
import { makeMemories } from './domains/memories/memory.service.js';
import { makeProcessAsset } from './domains/processing/process-asset.js';
import { makeProcessing } from './domains/processing/processing.service.js';
import { makeTranscribe } from './domains/processing/transcribe.js';
import { makePrompts } from './domains/prompts/prompt.service.js';
import { makePromptWatch } from './domains/prompts/prompt-watch.js';
import { makeQuotas } from './domains/quotas/quota.service.js';
import { makeUsageCounters } from './domains/quotas/usage-counters.js';
import { defaultArchiveLimits } from './domains/scanning/archive-limits.js';
import { makeFolders } from './domains/spaces/folder.service.js';
import { makeRoles } from './domains/spaces/role.service.js';
import { makeSpaceAccess } from './domains/spaces/space-access.js';
import { makeSpaceMembers } from './domains/spaces/space-member.service.js';
import { makeSpaces } from './domains/spaces/space.service.js';
import { makeScan } from './domains/scanning/scan-bytes.js';
import { makeScanning } from './domains/scanning/scanning.service.js';
import { makeMemoryCiphers } from './domains/vault/memory-ciphers.js';
import { makePasswordKeys } from './domains/vault/password.js';
import { makeShowNames } from './domains/vault/show-names.js';
import { makeSealing } from './domains/vault/sealing.js';
import { makeUnlockedKeys } from './domains/vault/unlocked-keys.js';
import { makeVaults } from './domains/vault/vault.service.js';
import { makeBeginUpload } from './domains/uploads/begin-upload.js';
import { makeCompleteUpload } from './domains/uploads/complete-upload.js';
import { mayBeCalled } from './domains/uploads/content.js';
import { makeDirectDestination } from './domains/uploads/direct-destination.js';
import { makeReplacements } from './domains/uploads/replacements.js';
import type { Upload } from './domains/uploads/upload.js';
import { makeStoreFile } from './domains/uploads/store-file.js';
import { makeUploads } from './domains/uploads/upload.service.js';
import { sealedUploads } from './domains/uploads/sealed-uploads.store.js';
import { makeVerifiedFiles } from './domains/uploads/verified-files.js';
import { makeCheckUsage } from './jobs/check-usage.js';
import { makeProcessingMetrics } from './http/processing-metrics.js';
import { makeHandlers } from './jobs/handlers.js';
import { makeReconcile } from './jobs/reconcile.js';
import { makeRunner } from './jobs/runner.js';
import { startSweeps } from './jobs/sweeps.js';

export type App = ReturnType<typeof makeApp>;

/** How many rows a sweep looks at a time. */
const sweepBatch = 100;

/**
 * The composition root: every service, wired by hand. Nothing runs yet but the check of what subscribers wait for.
 * `publicUrl` is asked when a URL is made, because the port may be known only once listening.
 */
export function makeApp(config: AppConfig, adapters: Adapters, log: Log, publicUrl: () => string) {
  const { database, channels, keyCache, deriveKey, objects, scanner, extractor, transcriber, queue } =
    adapters;
  const { db, transact } = database;
  const common = { db, transact, log, channels, queue, objects };
  const keyring = makeKeyring(config.serverKeys);
  const cursors = makeCursors(keyring);

  const audit = makeAudit();
  const spaceAccess = makeSpaceAccess({ db });
  const spaces = makeSpaces({ ...common, audit, access: spaceAccess });
  const auditLog = makeAuditLog({ db, cursors });
  const people = makePeople({ db, cursors });
  const quotas = makeQuotas({ ...common, audit, spaceAccess });
  const accounts = makeAccounts({
    ...common,
    async onOrganizationCreated(tx, orgId) {
      await spaces.createDefault(tx, orgId);
      await quotas.create(tx, orgId);
    },
  });
  const agents = makeAgents({ ...common, audit, cursors });
  const roles = makeRoles({ ...common, audit });
  const spaceMembers = makeSpaceMembers({ ...common, audit, accounts, roles, access: spaceAccess });
  const appKeys = makeAppKeys({ ...common, audit, agents });
  const { authenticate, isStillValid } = makeAuthenticate({ auth: config.auth, accounts, appKeys });
  const capabilities = makeCapabilities({
    ...common,
    audit,
    agents,
    defaults: { ...defaultUploadLimits, ...config.prompts.limits },
    onToolDisabled: (tx, by) => prompts.revokeAll(tx, by),
  });
  const memories = makeMemories({ db });
  const unlocked = makeUnlockedKeys({
    cache: keyCache,
    keyring,
    ttlSeconds: config.memories.unlockMinutes * 60,
    log,
  });
  const ciphers = makeMemoryCiphers({ db, memories, unlocked });
  const sealing = makeSealing({ ...common, memories, unlocked, sealedRows: [sealedUploads, sealedAssets] });
  const showNames = makeShowNames({ ciphers, log });
  const passwordKeys = makePasswordKeys(deriveKey);
  const vaults = makeVaults({ ...common, audit, memories, unlocked, ciphers, sealing, passwordKeys });
  const events = makeAssetEvents({ channels });
  const access = makeAssetAccess({ spaceAccess });
  const texts = makeAssetTexts({ db });
  const processing = makeProcessing({ ...common, access, texts, isOn: config.processing.isOn });
  const processingMetrics = makeProcessingMetrics({ countPending: processing.countPending });
  const { begin: onClean, deleteThumbnail: deleteDerived, findThumbnailKey } = processing;
  const assets = makeAssets({ ...common, access, events, showNames, onClean });
  const usageByType = makeUsageByType(common);
  const { trashHours } = config.assets;
  const trash = makeTrash({ ...common, quotas, audit, access, events, assets, deleteDerived, trashHours });
  const folders = makeFolders({
    ...common,
    audit,
    access: spaceAccess,
    contents: makeTrashFolders({ quotas, events, trashHours }),
  });
  const assetLists = makeAssetLists({ ...common, cursors, spaceAccess, folders });
  const memoryLists = makeMemoryLists({ ...common, cursors, memories, assets });
  const trashLists = makeTrashLists({ ...common, cursors, spaceAccess, access, assets });
  const assetChanges = makeAssetChanges({
    ...common,
    access,
    assets,
    ciphers,
    events,
    audit,
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
    scanBytes: makeScan({ scanner, archiveLimits: defaultArchiveLimits, tmpDir }),
  });
  const processAsset = makeProcessAsset({
    ...common,
    assets,
    events,
    texts,
    extractor,
    transcribe: makeTranscribe({ objects, transcriber, log }),
    onProcessed: processingMetrics.observe,
  });
  const direct = makeDirectDestination({ db, folders });
  const destinationOf = ({ promptId }: Upload) => (promptId === null ? direct : prompts.destination);
  const uploads = makeUploads({
    ...common,
    showNames,
    quotas,
    audit,
    destinationOf,
    minLeaseSeconds: config.prompts.minUploadLeaseSeconds,
    multipartFromBytes: config.uploads.multipartFromBytes,
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
    audit,
    maxSizeBytes: config.uploads.maxSizeBytes,
  });
  const completeUpload = makeCompleteUpload({
    ...common,
    access,
    assets,
    uploads,
    verifiedFiles,
    replacements,
    ciphers,
    audit,
    destinationOf,
  });
  const storeFile = makeStoreFile({ ...common, uploads, beginUpload, completeUpload });
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
    counters: makeUsageCounters({ db }),
    assets,
    uploads,
    audit,
  });
  const watch = makePromptWatch({ ...common, checkEverySeconds });
  const prompts = makePrompts({
    ...common,
    audit,
    accounts,
    capabilities,
    memories,
    assets,
    uploads,
    verifiedFiles,
    ciphers,
    watch,
    cursors,
    limitPerUser: config.prompts.limitPerUser,
    uploadGraceSeconds: config.prompts.uploadGraceSeconds,
  });

  const acting = { ...common, audit, accounts, agents, capabilities, memories, prompts, trash, uploads };
  const { erasures, runErasure } = makeErasing(acting);

  return {
    services: {
      accounts,
      agents,
      appKeys,
      spaces,
      spaceMembers,
      roles,
      folders,
      vaults,
      spaceAccess,
      people,
      auditLog,
      capabilities,
      quotas,
      usageByType,
      assets,
      assetLists,
      memoryLists,
      assetChanges,
      trash,
      trashLists,
      assetFeeds,
      downloads,
      processing,
      uploads,
      beginUpload,
      completeUpload,
      storeFile,
      prompts,
      erasures,
    },
    authenticate,
    isStillValid,
    processingMetrics,
    reprocess: processing.reprocess,
    reconcile,
    demandNewKeys: vaults.demandRotation,
    clearStaging,
    checkUsage,
    checkDueUsage,
    runErasure,

    /** Deadlines, which every process sees to: whoever is first. */
    startSweeps() {
      return startSweeps(
        [
          { name: 'prompt-deadlines', everyMs: 1000, run: () => prompts.timeOutDue(sweepBatch) },
          { name: 'upload-leases', everyMs: 1000, run: () => uploads.endLapsed(sweepBatch) },
          { name: 'stray-parts', everyMs: 3_600_000, run: () => uploads.abortStrays(new Date()) },
          { name: 'trash', everyMs: 1000, run: () => trash.purgeDue(sweepBatch) },
          // Staging is all but empty, so looking there costs a request.
          { name: 'staging-leftovers', everyMs: 3_600_000, run: () => clearStaging() },
          { name: 'storage-counters', everyMs: 60_000, run: () => checkDueUsage() },
          { name: 'old-asset-events', everyMs: 600_000, run: () => assetFeeds.forgetOld() },
          { name: 'ended-attempts', everyMs: 600_000, run: () => vaults.forgetEndedAttempts() },
          { name: 'ended-downloads', everyMs: 600_000, run: () => downloads.forgetEnded() },
        ],
        log,
      );
    },

    /** Background work, taken from the queue as soon as it is there. */
    async startWork() {
      await mkdir(tmpDir, { recursive: true });
      const handlers = makeHandlers({
        scanning,
        assets,
        trash,
        sealing,
        verifiedFiles,
        replacements,
        objects,
        runErasure,
        processing,
        processAsset,
        scanConcurrency: config.scanner.concurrency,
        processingConcurrency: config.processing.concurrency,
      });
      const runner = makeRunner({ queue, transact, handlers, log });
      const stopListening = await keepOpen(channels, jobsChannel, runner.wakeAll, ({ id }) =>
        runner.wake(id),
      );
      runner.start();
      return {
        close: async () => {
          stopListening();
          await runner.close();
        },
      };
    },

    close() {
      watch.close();
      assetWatch.close();
    },
  };
}
