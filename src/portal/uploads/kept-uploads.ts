import type { Claims } from '../state/claims.js';

/** A large upload that is under way: what a page that was loaded anew needs to go on with it. */
export interface KeptUpload {
  readonly uploadId: string;
  readonly filename: string;
  readonly sizeBytes: number;
  /** Of the file, in ms since 1970: whether it has been changed meanwhile. */
  readonly lastModified: number;
  readonly destination: Destination;
}

/** Where files go. */
export interface Destination {
  readonly spaceId: string;
  /** undefined: the space's root. */
  readonly folderId: string | undefined;
  /** Of the folder, or of the space. */
  readonly name: string;
  /** The one whose bytes they take the place of. */
  readonly replaces?: { readonly assetId: string; readonly filename: string };
}

const storageKey = 'askfile.uploads';

const claimOf = (uploadId: string) => `askfile.upload.${uploadId}`;

/** Of this tab, across a reload: the service knows the tab by its sign-in. */
export function makeKeptUploads(
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
  claims: Pick<Claims, 'take' | 'release'>,
) {
  // Written below, by this same page.
  const read = () => JSON.parse(storage.getItem(storageKey) ?? '[]') as KeptUpload[];
  function write(uploads: readonly KeptUpload[]): void {
    if (uploads.length === 0) storage.removeItem(storageKey);
    else storage.setItem(storageKey, JSON.stringify(uploads));
  }
  const without = (uploadId: string) => read().filter((kept) => kept.uploadId !== uploadId);
  return {
    list: (): readonly KeptUpload[] => read(),

    /** Whether no other tab is sending it: a duplicated tab comes with a copy of what the first has kept. */
    isOwn: (uploadId: string): Promise<boolean> => claims.take(claimOf(uploadId)),

    keep(upload: KeptUpload): void {
      write([...without(upload.uploadId), upload]);
      void claims.take(claimOf(upload.uploadId));
    },

    forget(uploadId: string): void {
      write(without(uploadId));
      claims.release(claimOf(uploadId));
    },
  };
}

export type KeptUploads = ReturnType<typeof makeKeptUploads>;
