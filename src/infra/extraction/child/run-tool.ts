import { spawn } from 'node:child_process';
import { fileFd } from './file.js';

export interface ToolRun {
  readonly input?: Buffer;
  readonly env?: NodeJS.ProcessEnv;
  /** What it says beyond ends it. */
  readonly maxOutputBytes: number;
}

/**
 * Runs a program within this process's own limits, with the file as its file descriptor 3. Resolves with what it said
 * when all went well; undefined otherwise. Killed with this process's group.
 */
export function runTool(
  command: string,
  args: readonly string[],
  { input, env = {}, maxOutputBytes }: ToolRun,
): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'ignore', fileFd] });
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    child.stdout?.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length;
      chunks.push(chunk);
      if (sizeBytes <= maxOutputBytes) return;
      child.kill('SIGKILL');
      // What it has started may hold on to its end.
      child.stdout?.destroy();
    });
    child.once('error', () => resolve(undefined));
    child.once('close', (exitCode) => resolve(exitCode === 0 ? Buffer.concat(chunks) : undefined));
    // A program that ends before it has read everything says so by its exit code.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
