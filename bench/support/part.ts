import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Measurement } from './measurement.js';
import type { Scope } from './scope.js';

export interface PartOptions {
  /** Smaller numbers of everything: to see that it works, not to quote. */
  readonly quick: boolean;
  /** Everything a part starts or makes is registered here. */
  readonly scope: Scope;
}

/** One subject of the benchmark; what it measured, in the order to show it in. */
export type Part = (options: PartOptions) => Promise<Measurement[]>;

/** An empty folder, away with the scope. */
export async function makeTempDir(scope: Scope): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'askfile-bench-'));
  scope.defer(() => rm(path, { recursive: true, force: true }));
  return path;
}
