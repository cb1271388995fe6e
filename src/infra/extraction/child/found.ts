/** What a reader has found. What it does not know stays out. */
export interface Found {
  readonly text?: string;
  readonly isTextCut?: boolean;
  readonly width?: number;
  readonly height?: number;
  readonly durationSeconds?: number;
  readonly thumbnail?: Buffer;
}

/** Says what is certain before something is tried that may take the process with it: that much is kept. */
export type Tell = (found: Found) => void;
