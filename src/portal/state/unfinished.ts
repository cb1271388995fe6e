/** An upload that a reload cuts off; without `uploadId`, one of several files, which are sent anew. */
export interface Unfinished {
  readonly uploadId?: string;
  readonly filename?: string;
  readonly sizeBytes?: number;
}

const keyOf = (promptId: string) => `askfile.upload.${promptId}`;

/** Uploads of this tab that are under way, kept across a reload: the service knows the tab by its sign-in. */
export function makeUnfinished(storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>) {
  return {
    read(promptId: string): Unfinished | undefined {
      const text = storage.getItem(keyOf(promptId));
      // Written below, by this same page.
      return text === null ? undefined : (JSON.parse(text) as Unfinished);
    },
    keep: (promptId: string, upload: Unfinished): void =>
      storage.setItem(keyOf(promptId), JSON.stringify(upload)),
    forget: (promptId: string): void => storage.removeItem(keyOf(promptId)),
  };
}

export type UnfinishedUploads = ReturnType<typeof makeUnfinished>;
