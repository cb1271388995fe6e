import { AskfileError, type Asset, type UploadFileOptions } from '../../../../src/client/index.js';
import type { UploadQueueOptions } from '../../../../src/portal/uploads/upload-queue.js';

/** A browser's storage. */
export function makeStorage() {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
}

interface Sent {
  readonly name: string;
  readonly options: UploadFileOptions;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A service in which files arrive when the test says so. A folder's id is its path; the root has none. */
export function makeFakeClient() {
  const open: Sent[] = [];
  const all: Sent[] = [];
  const folders = new Set<string>();
  const hidden = new Set<string>();
  const uploads = new Map<string, { status: string; uploadedParts: number }>();
  const made: string[] = [];
  const stopped: string[] = [];
  const letGo: string[] = [];
  const begun: string[] = [];
  let isInstant = false;
  let folderRefusal: Error | undefined;

  const find = (name: string) => open.find((sent) => sent.name === name);
  const latest = (name: string) => all.filter((sent) => sent.name === name).at(-1);
  const take = (sent: Sent | undefined) => {
    if (sent === undefined) throw new Error('It is not being sent.');
    open.splice(open.indexOf(sent), 1);
    return sent;
  };
  const list = (parent: string) =>
    [...folders]
      .filter((path) => path.slice(0, path.lastIndexOf('/')) === parent)
      .map((path) => ({ id: path, name: path.slice(parent.length + 1) }));

  function answer(name: string, variables: Record<string, unknown>): unknown {
    const {
      folderId,
      parentId,
      name: folderName,
      id,
      uploadId,
    } = variables as Record<string, string | undefined>;
    switch (name) {
      case 'FoldersInRoot':
        return { space: { rootFolders: list('') } };
      case 'FoldersInFolder':
        return { folder: { folders: list(folderId ?? '') } };
      case 'CreateUploadFolder': {
        if (folderRefusal !== undefined) throw folderRefusal;
        const path = `${parentId ?? ''}/${folderName}`;
        if (hidden.delete(path)) folders.add(path);
        if (folders.has(path)) throw new AskfileError('NAME_TAKEN', 'It is there.');
        folders.add(path);
        made.push(path);
        return { createFolder: { id: path, name: folderName } };
      }
      case 'UnfinishedUpload': {
        const upload = uploads.get(id ?? '');
        if (upload === undefined) return { upload: null };
        const uploadedParts = Array.from({ length: upload.uploadedParts }, (_, index) => index + 1);
        return {
          upload: { id, status: upload.status, multipart: { partSizeBytes: 1024 * 1024, uploadedParts } },
        };
      }
      case 'LetUploadGo':
        letGo.push(uploadId ?? '');
        return { abortUpload: { id: uploadId } };
      default:
        throw new Error(name);
    }
  }
  // Each operation's answer has the shape that its document asks for.
  const execute = <Result>(operation: { name: string }, variables: unknown): Promise<Result> =>
    Promise.resolve().then(() => answer(operation.name, variables as Record<string, unknown>) as Result);

  const client: UploadQueueOptions['client'] = {
    query: execute,
    mutate: execute,
    assets: {
      upload: (file, options = {}) =>
        new Promise<Asset>((resolve, reject) => {
          const { name } = file as File; // The queue sends nothing else.
          const sent = { name, options, resolve: () => resolve({} as Asset), reject }; // Nobody looks into it.
          begun.push(name);
          options.onBegun?.(options.resume ?? `upload-of-${name}`);
          all.push(sent);
          if (isInstant) return sent.resolve();
          open.push(sent);
          options.signal?.addEventListener('abort', () => {
            stopped.push(name);
            take(sent).reject(options.signal?.reason);
          });
        }),
    },
  };

  return {
    ...client,
    begun,
    made,
    stopped,
    letGo,
    get sending() {
      return open.map(({ name }) => name);
    },
    isSending: (name: string) => find(name) !== undefined,
    isPaused: (name: string) => find(name)?.options.pause?.paused ?? false,
    /** What the last try went on with. */
    resumed: (name: string) => latest(name)?.options.resume,
    placeOf: (name: string) => latest(name)?.options.folderId,
    finish: (name: string) => take(find(name)).resolve(),
    fail: (name: string, error: unknown) => take(find(name)).reject(error),
    /** From here on, everything arrives at once. */
    finishAll: () => void (isInstant = true),
    addFolder: (path: string) => void folders.add(path),
    /** Right before it would be made. */
    addFolderMeanwhile: (path: string) => void hidden.add(path),
    refuseFolders: (error: Error | undefined) => void (folderRefusal = error),
    parts: (id: string, uploadedParts: number) => void uploads.set(id, { status: 'OPEN', uploadedParts }),
    end: (id: string) => void uploads.set(id, { status: 'EXPIRED', uploadedParts: 0 }),
    /** The page is gone, and with it whatever it was waiting for. */
    forgetPage: () => void open.splice(0),
  };
}
