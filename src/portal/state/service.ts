export interface DemoPerson {
  readonly id: string;
  readonly name: string;
  readonly role: string;
}

/** What the service says before anybody has signed in. */
export interface ServiceInfo {
  /** Who may be signed in as without a password; null but on the machine of a service that runs embedded. */
  readonly demo: { readonly people: readonly DemoPerson[] } | null;
  /** The time by the service's clock, in ms since 1970: deadlines are by that one. */
  readonly now: () => number;
}

/** Clocks that differ by less are taken for the same one: the service tells whole seconds. */
const toleratedSkewMs = 2_000;

/** Rejects when the service at `address` does not answer; by default it is where the page is from. */
export async function readServiceInfo(address = ''): Promise<ServiceInfo> {
  const response = await fetch(`${address}/portal.json`, { cache: 'no-store' });
  if (!response.ok) throw new Error(`The service answered ${response.status}.`);
  const skewMs = Date.parse(response.headers.get('date') ?? '') - Date.now();
  const offsetMs = Math.abs(skewMs) > toleratedSkewMs ? skewMs : 0;
  // Our own service's answer, of the same release as this page.
  const { demo } = (await response.json()) as Pick<ServiceInfo, 'demo'>;
  return { demo, now: () => Date.now() + offsetMs };
}

/** A token of one of the demo's people. */
export async function signInToDemo(person: string): Promise<string> {
  return (await post<{ token: string }>('/demo/sign-in', { person })).token;
}

export async function readDemoAgentKey(): Promise<string> {
  return (await post<{ appKey: string }>('/demo/agent-key', {})).appKey;
}

async function post<T>(path: string, body: object): Promise<T> {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`The service answered ${response.status}.`);
  return (await response.json()) as T; // as above
}
