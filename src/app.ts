import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { jobsChannel, type Adapters } from './adapters.js';
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
import { makeAssetAccess } from './domains/assets/asset-access.js';
import { makeAssetEvents } from './domains/assets/asset-events.js';
import { makeAssetFeeds } from './domains/assets/asset-feeds.js';
import { makeAssets } from './domains/assets/asset.service.js';
import { makeAssetTexts } from './domains/assets/asset-texts.js';
import { makeAssetWatch } from './domains/assets/asset-watch.js';
import { makeDownloads } from './domains/assets/download.service.js';
import { makeTrash } from './domains/assets/trash.service.js';
import { makeCapabilities } from './domains/capabilities/capability.service.js';
import { defaultUploadLimits } from './domains/capabilities/upload-limits.js';
import { makeMemories } from './domains/memories/memory.service.js';
import { makeProcessAsset } from './domains/processing/process-asset.js';
import { makeProcessing } from './domains/processing/processing.service.js';
import { makeTranscribe } from './domains/processing/transcribe.js';
import { makePrompts } from './domains/prompts/prompt.service.js';
import { makePromptWatch } from './domains/prompts/prompt-watch.js';
import { makeQuotas } from './domains/quotas/quota.service.js';
import { defaultArchiveLimits } from './domains/scanning/archive-limits.js';
import { makeSpaceAccess } from './domains/spaces/space-access.js';
import { makeSpaces } from './domains/spaces/space.service.js';
import { makeScan } from './domains/scanning/scan-bytes.js';
import { makeScanning } from './domains/scanning/scanning.service.js';
import { makeCompleteUpload } from './domains/uploads/complete-upload.js';
import { makeUploads } from './domains/uploads/upload.service.js';
import { makeVerifiedFiles } from './domains/uploads/verified-files.js';
import { makeProcessingMetrics } from './http/processing-metrics.js';
import { makeHandlers } from './jobs/handlers.js';
import { makeReconcile } from './jobs/reconcile.js';
import { makeRunner } from './jobs/runner.js';
import { startSweeps } from './jobs/sweeps.js';

export type App = ReturnType<typeof makeApp>;

/** How many rows a sweep looks at a time. */
const sweepBatch = 100;

/** Where files lie while they are looked into. */
const tmpDir = join(tmpdir(), 'askfile');

/**
 * The composition root: every service, wired by hand. Nothing runs yet but the check of what subscribers wait for.
 * `publicUrl` is asked when a URL is made, because the port may be known only once listening.
 */
export function makeApp(config: AppConfig, adapters: Adapters, log: Log, publicUrl: () => string) {
  const { database, channels, objects, scanner, extractor, transcriber, queue } = adapters;
  const { db, transact } = database;
  const common = { db, transact, log, channels, queue, objects };
  const keyring = makeKeyring(config.serverKeys);
  const cursors = makeCursors(keyring);

  const quotas = makeQuotas();
  const audit = makeAudit();
  const spaces = makeSpaces();
  const spaceAccess = makeSpaceAccess({ db });
  const accounts = makeAccounts({
    ...common,
    async onOrganizationCreated(tx, orgId) {
      await spaces.createDefault(tx, orgId);
      await quotas.create(tx, orgId);
    },
  });
  const agents = makeAgents({ ...common, audit, cursors });
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
  const events = makeAssetEvents({ channels });
  const access = makeAssetAccess({ spaceAccess });
  const texts = makeAssetTexts({ db });
  const processing = makeProcessing({ ...common, access, texts, isOn: config.processing.isOn });
  const processingMetrics = makeProcessingMetrics({ countPending: processing.countPending });
  const assets = makeAssets({ ...common, cursors, access, events, onClean: processing.begin });
  const trash = makeTrash({
    ...common,
    quotas,
    audit,
    access,
    events,
    deleteDerived: processing.deleteThumbnail,
    trashHours: config.assets.trashHours,
  });
  const checkEverySeconds = config.prompts.deliveryCheckSeconds;
  const assetWatch = makeAssetWatch({ ...common, checkEverySeconds });
  const assetFeeds = makeAssetFeeds({ ...common, memories, spaceAccess, watch: assetWatch });
  const downloads = makeDownloads({
    ...common,
    keyring,
    access,
    isStillValid,
    findThumbnailKey: processing.findThumbnailKey,
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
  const destinationOf = () => prompts.destination;
  const uploads = makeUploads({
    ...common,
    quotas,
    destinationOf,
    minLeaseSeconds: config.prompts.minUploadLeaseSeconds,
    multipartFromBytes: config.uploads.multipartFromBytes,
  });
  const verifiedFiles = makeVerifiedFiles({ ...common, assets, quotas });
  const completeUpload = makeCompleteUpload({ ...common, assets, uploads, verifiedFiles, destinationOf });
  const { reconcile, clearStaging } = makeReconcile({
    ...common,
    assets,
    processing,
    uploads,
    verifiedFiles,
  });
  const watch = makePromptWatch({ ...common, checkEverySeconds });
  const prompts = makePrompts({
    ...common,
    accounts,
    capabilities,
    memories,
    assets,
    uploads,
    verifiedFiles,
    watch,
    cursors,
    limitPerUser: config.prompts.limitPerUser,
    uploadGraceSeconds: config.prompts.uploadGraceSeconds,
  });

  return {
    services: {
      accounts,
      agents,
      appKeys,
      capabilities,
      assets,
      trash,
      assetFeeds,
      downloads,
      processing,
      uploads,
      completeUpload,
      prompts,
    },
    authenticate,
    isStillValid,
    processingMetrics,
    reprocess: processing.reprocess,
    reconcile,
    clearStaging,

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
          { name: 'old-asset-events', everyMs: 600_000, run: () => assetFeeds.forgetOld() },
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
        verifiedFiles,
        objects,
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
