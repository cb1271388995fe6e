import { runProcess } from './run.js';

/** The API, and unless RUN_JOBS is false the background work too. */
runProcess((config) => ({ serves: true, works: config.runJobs }));
