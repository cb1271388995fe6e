/** `npm run storage:setup`: makes the bucket, its CORS and its lifecycle rules as the service wants them. */
import { setUpBucket } from '../infra/s3/bucket-setup.js';
import { runStorageTool } from './storage.js';

process.exitCode = await runStorageTool(setUpBucket);
