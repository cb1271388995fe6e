import { serverAudits } from 'graphql-http';
import { openForAll } from '../support/open-for-all.js';
import type { TestService } from '../support/service.js';

let service: TestService;

openForAll({ works: false }, (opened) => {
  ({ service } = opened);
});

test('GraphQL over HTTP is spoken as its specification says: no audit of it ends in an error', async () => {
  const audits = serverAudits({ url: () => `${service.url}/graphql`, fetchFn: fetch });
  const results = await Promise.all(audits.map((audit) => audit.fn()));
  const errors = results.filter(({ status }) => status === 'error');
  expect(errors.map(({ id, name }) => `${id} ${name}`)).toEqual([]);
  expect(results.filter(({ status }) => status === 'ok').length).toBeGreaterThan(50);
});
