import { readFile } from 'node:fs/promises';

const read = (path: string) => readFile(new URL(`../${path}`, import.meta.url), 'utf8');

/** What stands indented under the line. */
function blockOf(text: string, line: string): string {
  const lines = text.split('\n');
  const first = lines.findIndex((each) => each.trim() === line);
  const indent = (each: string) => each.length - each.trimStart().length;
  const head = lines[first];
  if (head === undefined) throw new Error(`There is no ${line}`);
  const rest = lines.slice(first + 1);
  const end = rest.findIndex((each) => each.trim() !== '' && indent(each) <= indent(head));
  return rest.slice(0, end === -1 ? undefined : end).join('\n');
}

describe('docs/nginx.conf', () => {
  test('lets a file of any size through where programs send files, as it comes', async () => {
    const files = blockOf(await read('docs/nginx.conf'), 'location = /v1/assets {');
    expect(files).toContain('client_max_body_size 0;');
    expect(files).toContain('proxy_request_buffering off;');
  });

  test('takes no large bodies elsewhere', async () => {
    const config = await read('docs/nginx.conf');
    expect(config).toContain('client_max_body_size 1m;');
    expect(blockOf(config, 'location / {')).not.toContain('client_max_body_size');
  });

  test('tells the service in every place who calls: headers of a location would replace the others', async () => {
    const config = await read('docs/nginx.conf');
    for (const place of ['location / {', 'location = /v1/assets {']) {
      expect(blockOf(config, place)).toContain('proxy_pass http://askfile;');
      expect(blockOf(config, place)).not.toContain('proxy_set_header');
    }
    expect(config).toContain('proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;');
  });
});

test('docs/clamd.conf has the port that the service asks, the socket that the image waits for, and no OK unseen', async () => {
  const lines = (await read('docs/clamd.conf')).split('\n');
  for (const line of [
    'TCPSocket 3310',
    'LocalSocket /tmp/clamd.sock',
    'AlertExceedsMax yes',
    'AlertEncrypted yes',
  ]) {
    expect(lines).toContain(line);
  }
});

test.each(['proxy', 'postgres', 'redis', 'seaweedfs', 'clamd'])(
  'docker-compose.yml starts %s again when it ends',
  async (service) => {
    const services = blockOf(await read('docker-compose.yml'), 'services:');
    expect(blockOf(services, `${service}:`)).toContain('restart: unless-stopped');
  },
);

test('docker-compose.yml leaves each process of ours the time that stopping takes', async () => {
  const text = await read('docker-compose.yml');
  expect(blockOf(text, 'x-askfile: &askfile')).toContain('stop_grace_period: 30s');
  const services = blockOf(text, 'services:');
  expect(blockOf(services, 'api-1: &api')).toContain('<<: *askfile');
  expect(services).toContain('api-2: *api');
  expect(blockOf(services, 'worker:')).toContain('<<: *api');
});
