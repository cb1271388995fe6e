import { randomBytes } from 'node:crypto';
import { newId } from '../../../src/core/ids.js';
import { makeKeyring } from '../../../src/core/keyring.js';
import type { UserViewer } from '../../../src/core/viewer.js';
import type { KeyCache } from '../../../src/domains/vault/key-cache.js';
import { newDataKey } from '../../../src/domains/vault/wrapped-key.js';
import {
  agentHolder,
  makeUnlockedKeys,
  sealingHolder,
  sessionHolder,
  toHolder,
} from '../../../src/domains/vault/unlocked-keys.js';
import { makeRecordingLog } from '../../support/recording-log.js';

const serverKey = (id: string) => ({ id, key: randomBytes(32) });
const ref = () => ({ orgId: newId(), memoryId: newId(), wrapId: newId() });
const anybody = { extend: false };
const agent = agentHolder({ agentUrn: 'urn:agent:buno' });

/** A cache in memory; its time does not pass. */
function makeCache() {
  const values = new Map<string, Buffer>();
  const cache: KeyCache = {
    put: (name, sealed) => Promise.resolve(void values.set(name, sealed)),
    find: (name) => Promise.resolve(values.get(name)),
    extend: () => Promise.resolve(),
    drop: (name) => Promise.resolve(void values.delete(name)),
    replace: (name, sealed) => Promise.resolve(void (values.has(name) && values.set(name, sealed))),
  };
  return { cache, values };
}

function makeKeys({ cache }: { cache: KeyCache }, keyring = makeKeyring([serverKey('one')])) {
  const log = makeRecordingLog();
  return { log, ...makeUnlockedKeys({ cache, keyring, ttlSeconds: 60, log }) };
}

test('keys come back as they were put, every version', async () => {
  const unlocked = makeKeys(makeCache());
  const [vault, keys] = [ref(), new Map([1, 2, 70_000].map((version) => [version, newDataKey()]))];
  await unlocked.put(vault, agent, keys);
  expect(await unlocked.findForUse(vault, agent, anybody)).toEqual(keys);
  expect(await unlocked.find(vault, agent)).toEqual(keys);
});

test('the cache gets nothing in the clear, and no name of a session or an agent', async () => {
  const memory = makeCache();
  const unlocked = makeKeys(memory);
  const key = newDataKey();
  const holders = [
    sessionHolder({ id: 'alice', sessionId: 'a-session' } as UserViewer), // as much of a viewer as counts
    agent,
  ];
  for (const holder of holders) await unlocked.put(ref(), holder, new Map([[1, key]]));
  const held = [...memory.values].flatMap(([name, value]) => [Buffer.from(name), value]);
  expect(held).toHaveLength(4);
  for (const bytes of held) {
    for (const secret of [
      key,
      Buffer.from(key.toString('hex')),
      Buffer.from(key.toString('base64')),
      'alice',
      'a-session',
      'buno',
    ]) {
      expect(bytes.includes(secret)).toBe(false);
    }
  }
});

test('what was put for one holder, memory, tenant or password serves no other, even under its name', async () => {
  const memory = makeCache();
  const unlocked = makeKeys(memory);
  const vaults = [ref(), ref()].flatMap((vault, _index, both) =>
    both.map((other) => ({ ...vault, wrapId: other.wrapId })),
  );
  const holders = [
    sealingHolder({ wrapId: 'one password' }),
    sealingHolder({ wrapId: 'another' }),
    agent,
    agentHolder({ agentUrn: 'urn:agent:scout' }),
  ];
  for (const vault of vaults) {
    for (const holder of holders) {
      memory.values.clear();
      await unlocked.put(vault, holder, new Map([[1, newDataKey()]]));
      const [[, value = Buffer.alloc(0)] = []] = memory.values;
      for (const other of vaults) {
        for (const otherHolder of holders) {
          if (other === vault && otherHolder === holder) continue;
          memory.values.clear();
          await unlocked.put(other, otherHolder, new Map([[1, newDataKey()]]));
          const [[name = ''] = []] = memory.values;
          memory.values.set(name, value);
          expect(await unlocked.findForUse(other, otherHolder, anybody)).toBeUndefined();
        }
      }
    }
  }
});

test('a cache that cannot be reached is a locked memory, and a refusal where something is to be kept or forgotten', async () => {
  const away = () => Promise.reject(new Error('redis is away'));
  const unlocked = makeKeys({ cache: { put: away, find: away, extend: away, drop: away, replace: away } });
  const vault = ref();
  expect(await unlocked.findForUse(vault, agent, anybody)).toBeUndefined();
  await unlocked.extend(vault.memoryId, agent);
  const unavailable = { code: 'STORAGE_UNAVAILABLE' };
  await expect(unlocked.put(vault, agent, new Map([[1, newDataKey()]]))).rejects.toMatchObject(unavailable);
  await expect(unlocked.drop(vault.memoryId, agent)).rejects.toMatchObject(unavailable);
  // Our own work waits for the key; it does not take it for gone.
  await expect(unlocked.find(vault, agent)).rejects.toMatchObject(unavailable);
  expect(unlocked.log.lines.map(({ level }) => level)).toEqual(['warn']);
});

test('after a new server key was put first, whatever is used is sealed by it, and the old one is needed no more', async () => {
  const memory = makeCache();
  const [old, young] = [serverKey('old'), serverKey('young')];
  const [used, unused] = [ref(), ref()];
  const keys = new Map([[1, newDataKey()]]);
  const before = makeKeys(memory, makeKeyring([old]));
  for (const vault of [used, unused]) await before.put(vault, agent, keys);
  expect(await makeKeys(memory, makeKeyring([young, old])).findForUse(used, agent, anybody)).toEqual(keys);
  const after = makeKeys(memory, makeKeyring([young]));
  expect(await after.findForUse(used, agent, anybody)).toEqual(keys);
  expect(await after.findForUse(unused, agent, anybody)).toBeUndefined();
});

test('a service account has nothing unlocked', () => {
  const common = { id: 'crawler', orgId: newId(), name: null, sessionId: 's', expiresAt: null };
  expect(toHolder({ ...common, kind: 'SERVICE_ACCOUNT', orgRole: 'ADMIN' })).toBeUndefined();
});
