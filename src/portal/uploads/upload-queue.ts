import { AskfileError, type PortalClient, type UploadProgress } from '../../client/index.js';
import type { Network } from '../state/network.js';
import { makeRate, type Rate } from '../state/rate.js';
import { makeStore, type Readable } from '../state/store.js';
import { makeArrivals } from './arrivals.js';
import type { Chosen } from './chosen.js';
import { deliver } from './deliver.js';
import { isCutOff, isWorthAnew } from './failures.js';
import { makeFolderMaker } from './folder-maker.js';
import { LetUploadGo } from './generated/documents.js';
import { findInterrupted } from './interrupted.js';
import type { Destination, KeptUploads } from './kept-uploads.js';
import { toTotals, type UploadItem, type UploadTotals } from './upload-item.js';
import { emptyFile, isOfSame, isSameFile, makeTask, type NewItem, type Task } from './upload-task.js';

export interface UploadsState {
  /** In the order in which they were added. */
  readonly items: readonly UploadItem[];
  readonly totals: UploadTotals;
  /** Of all that are being sent; undefined while it is unknown. */
  readonly rate: Rate | undefined;
  /** Everything is held by the person. */
  readonly isPaused: boolean;
  /** The device has no network: it goes on by itself once there is one. */
  readonly isOffline: boolean;
}

export interface UploadQueueOptions {
  readonly client: Pick<PortalClient, 'query' | 'mutate'> & {
    readonly assets: Pick<PortalClient['assets'], 'upload'>;
  };
  readonly kept: KeptUploads;
  readonly network: Network;
  /** In ms, for speeds. */
  readonly now: () => number;
  /** Something has changed in a space: files or folders came. Called once for what comes in quick succession. */
  readonly onArrived: (spaceId: string) => void;
}

const filesAtOnce = 4;
/** More often, nobody could read it, and thousands of files would keep the page busy. */
const tellEveryMs = 100;

export type UploadQueue = ReturnType<typeof makeUploadQueue>;

/** Files on their way into spaces, a few at a time, whatever page is shown. */
export function makeUploadQueue({ client, kept, network, now, onArrived }: UploadQueueOptions) {
  const tasks = new Map<string, Task>();
  const arrivals = makeArrivals(onArrived);
  const folders = makeFolderMaker(client, arrivals.add);
  const totalRate = makeRate(now);
  let lastKey = 0;
  let isPaused = false;
  let tokens = 1;
  let telling: ReturnType<typeof setTimeout> | undefined;
  const store = makeStore<UploadsState>(toState());

  const all = () => [...tasks.values()];
  const running = () => all().filter(({ stop }) => stop !== undefined);
  const waiting = () => all().filter(({ item }) => item.phase === 'waiting');
  const isBusy = () => all().some(({ item }) => item.phase === 'sending' || item.phase === 'waiting');

  function toState(): UploadsState {
    const items = [...tasks.values()].map(({ item }) => item);
    const totals = toTotals(items);
    const isOffline = !network.isOnline();
    const isMoving = totals.counts.sending > 0 && !isPaused && !isOffline;
    const rate = isMoving ? totalRate.add(totals.sentBytes, totals.totalBytes) : undefined;
    if (!isMoving) totalRate.restart();
    return { items, totals, rate, isPaused, isOffline };
  }

  /** Soon; at once where the person has done something. */
  function tell(isAtOnce = false): void {
    if (isAtOnce) {
      clearTimeout(telling);
      telling = undefined;
      store.set(toState());
    } else {
      telling ??= setTimeout(() => tell(true), tellEveryMs);
    }
  }

  function change(task: Task, to: Partial<UploadItem>): void {
    task.item = { ...task.item, ...to };
    tell();
  }

  /** Begins as many as may be under way; what is paused leaves its place to another. */
  function go(): void {
    const isHeld = isPaused || !network.isOnline();
    for (const { item, pause } of running()) {
      if (isHeld || item.isPaused) pause.pause();
      else pause.resume();
    }
    if (isHeld) return;
    const underWay = running().filter(({ item }) => !item.isPaused).length;
    for (const task of waiting().slice(0, Math.max(0, filesAtOnce - underWay))) void send(task);
  }

  async function send(task: Task): Promise<void> {
    const stop = new AbortController();
    const { signal } = stop;
    task.stop = stop;
    task.rate.restart();
    const onProgress = ({ sentBytes }: UploadProgress) => {
      const rate = task.pause.paused ? undefined : task.rate.add(sentBytes, task.item.sizeBytes);
      change(task, { sentBytes, rate });
    };
    // Such an upload may have ended by itself meanwhile, as may one that has waited for its person to sign in again.
    let wasHeld = task.uploadId !== undefined;
    const unsubscribe = task.pause.subscribe(() => (wasHeld = true));
    const firstToken = tokens;
    change(task, { phase: 'sending', error: undefined });
    try {
      await deliver({ client, folders, kept }, task, { signal, onProgress });
      if (signal.aborted) return;
      letGo(task);
      task.file = undefined;
      change(task, { phase: 'done', sentBytes: task.item.sizeBytes, rate: undefined });
      arrivals.add(task.item.destination.spaceId);
    } catch (error) {
      // Whoever stopped it has said what is shown now.
      if (signal.aborted) return;
      const isCut = isCutOff(error);
      if (!isCut) letGo(task);
      const isOld = wasHeld || tokens !== firstToken;
      if (isOld && isWorthAnew(error)) change(task, { phase: 'waiting', sentBytes: 0 });
      else change(task, { phase: 'failed', error, rate: undefined, isPaused: false });
      // It may have been moved or deleted: looked for anew when it is tried again.
      if (error instanceof AskfileError && error.code === 'NOT_FOUND') folders.forget();
    } finally {
      unsubscribe();
      if (task.stop === stop) task.stop = undefined;
      go();
    }
  }

  /** There is nothing any more to go on with. */
  function letGo(task: Task): void {
    if (task.uploadId !== undefined) kept.forget(task.uploadId);
    task.uploadId = undefined;
  }

  function add(item: NewItem): Task {
    const task = makeTask(item, String((lastKey += 1)), now);
    tasks.set(task.item.key, task);
    return task;
  }

  /** Ends it, and what was sent of it. */
  function drop(task: Task): void {
    const { uploadId } = task;
    tasks.delete(task.item.key);
    letGo(task);
    // Whoever is stopped lets go of the upload itself; otherwise its reserved space would be held for a while.
    if (task.stop !== undefined) task.stop.abort();
    else if (uploadId !== undefined) client.mutate(LetUploadGo, { uploadId }).catch(() => undefined);
  }

  function forgetDone(): void {
    for (const [key, { item }] of tasks) if (item.phase === 'done') tasks.delete(key);
  }

  function retry(task: Task): void {
    if (task.item.phase === 'failed') change(task, { phase: 'waiting', error: undefined });
  }

  function onNetwork(): void {
    if (network.isOnline()) {
      for (const task of all()) if (isCutOff(task.item.error)) retry(task);
    }
    go();
    tell(true);
  }

  const unsubscribe = network.subscribe(onNetwork);
  void findInterrupted(client, kept, (interrupted) => {
    const { filename: name, sizeBytes, destination, uploadId, sentBytes } = interrupted;
    const task = add({ kind: 'file', name, sizeBytes, destination, path: [] });
    task.interrupted = interrupted;
    task.uploadId = uploadId;
    change(task, { phase: 'interrupted', sentBytes });
  });

  return {
    state: store as Readable<UploadsState>,

    /** Sends it all. What an earlier page of this tab was sending to the same place goes on where it was. */
    add(destination: Destination, { files, emptyFolders }: Chosen): void {
      if (!isBusy()) {
        forgetDone();
        folders.forget();
      }
      for (const path of emptyFolders) {
        add({ kind: 'folder', name: path.at(-1) ?? '', sizeBytes: 0, destination, path });
      }
      for (const { file, path } of files) {
        const known = path.length > 0 ? undefined : all().find((task) => isOfSame(task, destination, file));
        const { name, size: sizeBytes } = file;
        const task = known ?? add({ kind: 'file', name, sizeBytes, destination, path });
        task.file = file;
        task.interrupted = undefined;
        if (sizeBytes === 0) change(task, { phase: 'failed', error: emptyFile() });
        else change(task, { phase: 'waiting' });
      }
      go();
      tell(true);
    },

    /** The file of an interrupted upload, chosen again. false when it is another one, or was changed since. */
    chooseAgain(key: string, file: File): boolean {
      const task = tasks.get(key);
      if (task?.interrupted === undefined || !isSameFile(task.interrupted, file)) return false;
      task.file = file;
      task.interrupted = undefined;
      change(task, { phase: 'waiting' });
      go();
      tell(true);
      return true;
    },

    /** One that is being sent. */
    setPaused(key: string, isPaused: boolean): void {
      const task = tasks.get(key);
      if (task?.item.phase !== 'sending') return;
      task.rate.restart();
      change(task, { isPaused, rate: undefined });
      go();
      tell(true);
    },

    setAllPaused(paused: boolean): void {
      isPaused = paused;
      for (const task of running()) {
        task.rate.restart();
        change(task, { rate: undefined, ...(!paused && { isPaused: false }) });
      }
      go();
      tell(true);
    },

    /** Ends it, or takes it off the list where it has ended. */
    remove(key: string): void {
      const task = tasks.get(key);
      if (task !== undefined) drop(task);
      go();
      tell(true);
    },

    /** Ends everything that has not arrived. */
    cancelAll(): void {
      for (const task of all()) if (task.item.phase !== 'done') drop(task);
      isPaused = false;
      tell(true);
    },

    /** Takes everything off the list that has ended. */
    clear(): void {
      for (const task of all()) if (task.item.phase === 'done' || task.item.phase === 'failed') drop(task);
      tell(true);
    },

    retry(key: string): void {
      const task = tasks.get(key);
      if (task !== undefined) retry(task);
      go();
      tell(true);
    },

    retryAll(): void {
      for (const task of all()) retry(task);
      go();
      tell(true);
    },

    /** Whether leaving the page would cut something off. */
    isSending: isBusy,

    /** What `close` would end. */
    countUnsent(): number {
      const { sending, waiting, interrupted } = toTotals(all().map(({ item }) => item)).counts;
      return sending + waiting + interrupted;
    },

    /** The person has signed in again. */
    takeNextToken(): void {
      tokens += 1;
    },

    close(): void {
      unsubscribe();
      clearTimeout(telling);
      arrivals.close();
      for (const task of all()) drop(task);
    },
  };
}
