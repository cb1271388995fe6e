import { sendJson } from '../../src/http/respond.js';
import { startToyEdge } from '../support/toy-edge.js';

describe('the edge', () => {
  test('serves health, readiness, metrics and what it is given, each app by itself', async () => {
    const first = await startToyEdge({
      checks: { postgres: { required: true, ping: () => Promise.reject(new Error('down')) } },
      routes: { '/d/:token': (_request, response) => sendJson(response, 200, { download: true }) },
    });
    const second = await startToyEdge();
    const get = async (url: string) => {
      const response = await fetch(url);
      return [response.status, await response.text()];
    };
    expect(await get(`${first.origin}/healthz`)).toEqual([200, '{"status":"ok"}\n']);
    expect(await get(`${first.origin}/readyz`)).toEqual([503, '{"postgres":"down"}\n']);
    expect(await get(`${second.origin}/readyz`)).toEqual([200, '{}\n']);
    expect(await get(`${first.origin}/d/token`)).toEqual([200, '{"download":true}\n']);
    const [, counted] = await get(`${first.origin}/metrics`);
    expect(counted).toMatch(/^process_cpu_seconds_total /m);
    expect(counted).toMatch(
      /askfile_http_request_duration_seconds_count\{route="\/healthz",status="200"\} 1/,
    );
    expect((await get(`${second.origin}/metrics`))[1]).not.toContain('route="/healthz"');
    await Promise.all([first.close(), second.close()]);
  });
});
