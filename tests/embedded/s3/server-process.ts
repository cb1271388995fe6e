import { appendFileSync } from 'node:fs';
import { startS3Server } from '../../../src/embedded/s3/server.js';
import { serverOptions } from './options.js';

/**
 * A server in a process of its own. Writes lines to a file: its endpoint, and when it is told to end, the most
 * memory that it ever had, in KiB.
 */
const [dataDir = '', reportFile = ''] = process.argv.slice(2);
const server = await startS3Server(serverOptions(dataDir));
appendFileSync(reportFile, `${server.endpoint}\n`);
process.once('SIGTERM', () => {
  appendFileSync(reportFile, `${process.resourceUsage().maxRSS}\n`);
  void server.close();
});
