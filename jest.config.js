import { register } from 'tsx/esm/api';

// Jest loads global setup without transforming it, by node's own import.
register();

/** Native ES modules: node runs jest with --experimental-vm-modules (see "test" in package.json). */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/tests'],
  testMatch: ['**/*.test.ts'],
  // They need a browser and the built portal: npm run test:portal.
  testPathIgnorePatterns: ['/node_modules/', '\\.browser\\.test\\.ts$'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, useDefineForClassFields: false },
        },
        module: { type: 'es6' },
      },
    ],
  },
  transformIgnorePatterns: ['/node_modules/'],
  globalSetup: '<rootDir>/tests/support/global-setup.mts',
  globalTeardown: '<rootDir>/tests/support/global-teardown.mts',
  testTimeout: 180_000,
  maxWorkers: 2,
  // Modules of every file stay in a worker until it ends.
  workerIdleMemoryLimit: '1GB',
};
