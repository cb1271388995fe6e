import { jobsChannel, type Adapters } from './adapters.js';
import type { AppConfig } from './config.js';
import { keepOpen } from './core/keep-open.js';
import type { Log } from './core/log.js';
import { accountsChannel } from './domains/accounts/account-erasure.js';
import { makeErasing } from './domains/erasure/erasing.js';
import { makePromptWatch } from './domains/prompts/prompt-watch.js';
import { makePrompts } from './domains/prompts/prompt.service.js';
import { makeHandlers } from './jobs/handlers.js';
import { makeRunner } from './jobs/runner.js';
import { startSweeps } from './jobs/sweeps.js';
import { wireAssets } from './wiring/assets.js';
import { layFoundation } from './wiring/foundation.js';
import { wireMemories } from './wiring/memories.js';
import { wirePeople } from './wiring/people.js';
import { wireUploads } from './wiring/uploads.js';

export type App = ReturnType<typeof makeApp>;

/** How many rows a sweep looks at a time. */
const sweepBatch = 100;

/**
 * The composition root: every service, wired by hand, here and in `wiring/`. Nothing runs yet but the check of what
 * subscribers wait for. `publicUrl` is asked when a URL is made, because the port may be known only once listening.
 */
export function makeApp(config: AppConfig, adapters: Adapters, log: Log, publicUrl: () => string) {
  const foundation = layFoundation(config, adapters, log, publicUrl);
  const { common } = foundation;
  const people = wirePeople(foundation, {
    onToolDisabled: (tx, by) => prompts.revokeAll(tx, by),
    isErasing: (orgId, subject) => erasures.isErasing({ orgId, kind: 'AGENT', subject }),
  });
  const memories = wireMemories(foundation);
  const assets = wireAssets(foundation, people, memories, { assetUploads: () => uploads.assetUploads });
  const uploads = wireUploads(foundation, people, memories, assets, {
    destinationOfPrompts: () => prompts.destination,
  });
  const wired = { ...people.services, ...memories.services, ...assets.services, ...uploads.services };
  const acting = { ...common, ...memories, ...uploads, ...wired };
  const { deliveryCheckSeconds, limitPerUser, uploadGraceSeconds } = config.prompts;
  const watch = makePromptWatch({ ...common, checkEverySeconds: deliveryCheckSeconds });
  const prompts = makePrompts({ ...acting, watch, limitPerUser, uploadGraceSeconds });
  const { erasures, runErasure } = makeErasing({ ...acting, prompts, deliveryCheckSeconds });
  const { assetFeeds, downloads, trash, vaults } = wired;
  const { abortStrays, checkDueUsage, checkUsage, clearStaging, reconcile } = uploads;

  return {
    services: { ...wired, prompts, erasures },
    authenticate: people.authenticate,
    isStillValid: people.isStillValid,
    processingMetrics: assets.processingMetrics,
    reprocess: wired.processing.reprocess,
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
          { name: 'upload-leases', everyMs: 1000, run: () => wired.uploads.endLapsed(sweepBatch) },
          { name: 'stray-parts', everyMs: 3_600_000, run: () => abortStrays(new Date()) },
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

    /** Forgets what is remembered of people when another process has erased one. */
    async startListening() {
      const { forgetRemembered } = wired.accounts;
      const stopListening = await keepOpen(
        common.channels,
        accountsChannel,
        forgetRemembered,
        forgetRemembered,
      );
      // What was told while Redis was away.
      const stopReconnecting = common.channels.onReconnect(forgetRemembered);
      return {
        close() {
          stopReconnecting();
          stopListening();
        },
      };
    },

    /** Background work, taken from the queue as soon as it is there. */
    async startWork() {
      const handlers = makeHandlers({
        ...acting,
        ...assets,
        runErasure,
        scanConcurrency: config.scanner.concurrency,
        processingConcurrency: config.processing.concurrency,
      });
      const runner = makeRunner({ ...common, handlers });
      const stopListening = await keepOpen(common.channels, jobsChannel, runner.wakeAll, ({ id }) =>
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
      assets.assetWatch.close();
    },
  };
}
