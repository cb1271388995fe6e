import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { jwtSecret } from '../../tests/support/service.js';
import type { Scope } from './scope.js';
import { startServerProcess, type ServerProcess } from './server-process.js';

const script = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** What `npm start` runs, on a free port, with tokens that tests can make. */
export function startService(options: {
  scope: Scope;
  dataDir: string;
  /** Settings besides; everything that they leave out is embedded. */
  env?: Readonly<Record<string, string>>;
}): Promise<ServerProcess> {
  if (!existsSync(script)) throw new Error('There is no dist/main.js. Build first: npm run build');
  return startServerProcess({
    script,
    scope: options.scope,
    readyPath: '/readyz',
    env: { DATA_DIR: options.dataDir, AUTH_JWT_SECRET: jwtSecret, LOG_LEVEL: 'warn', ...options.env },
  });
}
