/** `npm run storage:check`: proves by real requests that the store enforces what the service relies on. */
import { checkBucket } from '../infra/s3/bucket-check.js';
import { runStorageTool } from './storage.js';

process.exitCode = await runStorageTool(checkBucket);
