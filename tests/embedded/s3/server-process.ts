import { appendFileSync } from 'node:fs';
import { startS3Server } from '../../../src/embedded/s3/server.js';
import { serverOptions } from './options.js';

/** A server in a process of its own, to be killed. Tells its endpoint in a file, as the first line. */
const [dataDir = '', endpointFile = ''] = process.argv.slice(2);
const server = await startS3Server(serverOptions(dataDir));
appendFileSync(endpointFile, `${server.endpoint}\n`);
