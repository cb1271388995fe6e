/** The embedded parts cannot run here. The message says why, and what to do about it. */
export class EmbeddedError extends Error {
  override readonly name: string = 'EmbeddedError';
}

/** The data directory is in use. The message is meant for the person at the terminal. */
export class AlreadyRunningError extends EmbeddedError {
  override readonly name = 'AlreadyRunningError';
  constructor(
    readonly dataDir: string,
    /** undefined in the moment between the other's taking the lock and its writing down who it is. */
    readonly pid: number | undefined,
  ) {
    super(
      `Another Askfile is running on ${dataDir} (${pid === undefined ? 'pid not known yet' : `pid ${pid}`}). ` +
        'Stop it first, or set DATA_DIR to another folder for this one.',
    );
  }
}

/** The `code` of a system error (`ENOENT`), or undefined. By its form: such errors may be of another realm. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
