/** A process that waits for a child which never ends: `tsx sandbox-parent.ts <marker> <file>`. */
import { openSync } from 'node:fs';
import { findCommands } from '../../src/embedded/commands.js';
import { detectSandbox } from '../../src/infra/sandbox/isolation.js';
import { runInSandbox } from '../../src/infra/sandbox/sandbox.js';

const [argument = '', path = ''] = process.argv.slice(2);
await runInSandbox(
  await detectSandbox(await findCommands(['setpriv', 'unshare'])),
  {
    entry: ['-e', 'for (;;);'],
    argument,
    file: openSync(path, 'r'),
    limits: {
      memoryBytes: 2 ** 30,
      heapMegabytes: 128,
      cpuSeconds: 60,
      fileBytes: 2 ** 20,
      wallSeconds: 60,
      outputBytes: 1,
    },
  },
  new AbortController().signal,
);
