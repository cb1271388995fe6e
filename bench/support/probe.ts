/** What a process has used since it started, and holds now. */
export interface ProcessState {
  readonly rssBytes: number;
  readonly heapBytes: number;
  readonly peakRssBytes: number;
  /** User and system. */
  readonly cpuMs: number;
}

/**
 * Loaded into a measured process before its own code: answers each message of its parent with its `ProcessState`,
 * after a garbage collection where `gc` is asked for. JavaScript in a string, because a plain Node runs it, with
 * nothing that compiles TypeScript loaded into what is measured.
 */
const source = `
process.on('message', (question) => {
  if (question === 'gc') globalThis.gc();
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  process.send({
    rssBytes: rss,
    heapBytes: heapUsed,
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
    cpuMs: (user + system) / 1000,
  });
});
process.channel.unref();
`;

export const probeFlags = [
  '--expose-gc',
  '--import',
  `data:text/javascript,${encodeURIComponent(source)}`,
] as const;
