import { serverAudits } from 'graphql-http';
import { openBackends, openService, type TestBackends, type TestService } from '../support/service.js';

let backends: TestBackends;
let service: TestService;

beforeAll(async () => {
  backends = await openBackends();
  service = await openService(backends, { works: false });
});

afterAll(async () => {
  await service.close();
  await backends.close();
});

test('GraphQL over HTTP is spoken as its specification says: no audit of it ends in an error', async () => {
  const audits = serverAudits({ url: () => `${service.url}/graphql`, fetchFn: fetch });
  const results = await Promise.all(audits.map((audit) => audit.fn()));
  const errors = results.filter(({ status }) => status === 'error');
  expect(errors.map(({ id, name }) => `${id} ${name}`)).toEqual([]);
  expect(results.filter(({ status }) => status === 'ok').length).toBeGreaterThan(50);
});
