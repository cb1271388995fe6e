import { runProcess } from './run.js';

/** Background work alone. */
runProcess(() => ({ serves: false, works: true }));
