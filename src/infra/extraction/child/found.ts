/** What a reader has found. What it does not know stays out. */
export interface Found {
  readonly text?: string;
  readonly isTextCut?: boolean;
  readonly width?: number;
  readonly height?: number;
  readonly durationSeconds?: number;
  readonly thumbnail?: Buffer;
}
