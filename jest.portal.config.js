import config from './jest.config.js';

/** The portal in a real browser, on the built page: `npm run test:portal`. */
export default {
  ...config,
  testMatch: ['**/tests/portal/**/*.browser.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  // Browsers and services share two cores with each other.
  maxWorkers: 1,
};
