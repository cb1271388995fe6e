import { createHash } from 'node:crypto';
import { makeApp } from '../../src/app.js';
import type { Adapters } from '../../src/adapters.js';
import { newId } from '../../src/core/ids.js';
import type { DeriveKey } from '../../src/domains/vault/password.js';
import { makeApi, type Api } from '../support/api.js';
import { answer, begin, fileOf, pdf, put, request, seedHeart } from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { makeRecordingLog } from '../support/recording-log.js';
import { openBackends, openService, token, type TestBackends, type TestService } from '../support/service.js';
import { spawnService, type SpawnedService } from '../support/spawn-service.js';
import { rows } from '../support/state.js';
import { findAsset } from '../support/trash.js';
import { until } from '../support/until.js';
import {
  changeMutation,
  encrypt,
  encryptMutation,
  forgetAttempts,
  password,
  unlock,
  unlockMutation,
} from '../support/vault.js';

const bytes = pdf('a last will');
const file = { ...fileOf(bytes), filename: 'last-will.pdf', description: 'to be read in time' };
const next = 'an even better password';

let backends: TestBackends;

beforeEach(async () => {
  backends = await openBackends();
});

afterEach(async () => {
  await backends.close();
});

/** Asks for a new data key of every memory. */
async function demandNewKeys(service: TestService): Promise<void> {
  const app = makeApp(service.config, service.adapters, makeRecordingLog(), () => service.url);
  const counts: number[] = [];
  for await (const count of app.demandNewKeys(new Date())) counts.push(count);
  app.close();
  expect(counts.length).toBeGreaterThan(0);
}

const nothingHidden = async () =>
  (
    await rows(
      backends,
      `select from (
         select memory_id, key_version from assets union all select memory_id, key_version from uploads
       ) r join memories m on m.id = r.memory_id where r.key_version is distinct from m.key_version`,
    )
  ).length === 0;

describe('a process that dies at any step', () => {
  /** Derivation is not what is tried here. */
  const quick: DeriveKey = (given, { salt }) =>
    Promise.resolve(createHash('sha256').update(salt).update(given).digest());

  let sound: TestService;
  let doomed: TestService;
  let people: Awaited<ReturnType<typeof seedHeart>>;
  /** Steps left before everything fails; undefined: nothing fails. */
  let stepsLeft: number | undefined;

  function step(): void {
    if (stepsLeft === undefined) return;
    if (stepsLeft === 0) throw new Error('The process is dead.');
    stepsLeft -= 1;
  }

  /** A step is the beginning or the end of a transaction, or of a word with Redis; after the last one, all fail. */
  function mortal(adapters: Adapters): Adapters {
    const { database, keyCache } = adapters;
    const stepping =
      <Given extends unknown[], T>(act: (...given: Given) => Promise<T>) =>
      async (...given: Given): Promise<T> => {
        step();
        const result = await act(...given);
        step();
        return result;
      };
    return {
      ...adapters,
      deriveKey: quick,
      database: { ...database, transact: (work) => stepping(() => database.transact(work))() },
      keyCache: {
        put: stepping(keyCache.put),
        find: stepping(keyCache.find),
        extend: stepping(keyCache.extend),
        drop: stepping(keyCache.drop),
        replace: stepping(keyCache.replace),
      },
    };
  }

  beforeEach(async () => {
    stepsLeft = undefined;
    sound = await openService(backends, { adapt: (adapters) => ({ ...adapters, deriveKey: quick }) });
    doomed = await openService(backends, { works: false, adapt: mortal });
    people = await seedHeart(sound);
  });

  afterEach(async () => {
    stepsLeft = undefined;
    await doomed.close();
    await sound.close();
  });

  /** Somebody with an asset, signed in to both processes. */
  async function somebody(): Promise<{ alive: Api; dying: Api; urn: string; assetId: string }> {
    const sub = newId();
    const credential = await token(sub);
    const alive = makeApi(sound.url, credential);
    await alive.get('{ viewer { id } }');
    const asset = await answer(alive, (await request(people.agent, { userId: sub })).id, bytes, file);
    const dying = makeApi(doomed.url, credential);
    await dying.get('{ viewer { id } }');
    return { alive, dying, urn: asset.urn.replace(/:assets:.*$/, ''), assetId: asset.id };
  }

  /** Runs it with one more step each time, until it comes to its end; says how many steps that took. */
  async function dieAtEveryStep(
    attempt: (die: (at: Api, mutation: string, variables: object) => Promise<void>) => Promise<void>,
  ) {
    for (let steps = 0; ; steps += 1) {
      let wasWhole = false;
      await attempt(async (at, mutation, variables) => {
        stepsLeft = steps;
        await at.ask(mutation, variables);
        // What is done when it dies is told as done, so the answer does not tell whether it was the end.
        wasWhole = stepsLeft > 0;
        stepsLeft = undefined;
      });
      await forgetAttempts(backends);
      if (wasWhole) return steps;
    }
  }

  const assertShown = async (by: Api, assetId: string) =>
    expect(await findAsset(by, assetId)).toMatchObject({
      filename: file.filename,
      description: file.description,
    });

  test('while it encrypts a memory leaves it as it was, or encrypted with that password; asking again makes it whole', async () => {
    const steps = await dieAtEveryStep(async (die) => {
      const { alive, dying, urn, assetId } = await somebody();
      await die(dying, encryptMutation, { urn, password });
      expect(await encrypt(alive, urn)).toMatchObject({ encrypted: true, unlocked: true });
      await assertShown(alive, assetId);
    });
    expect(steps).toBeGreaterThan(5);
    await until(nothingHidden);
    await expectInvariants(backends);
  });

  test('while it changes a password leaves the old one or the new one, which opens everything', async () => {
    const steps = await dieAtEveryStep(async (die) => {
      const { alive, dying, urn, assetId } = await somebody();
      await encrypt(alive, urn);
      await die(dying, changeMutation, { urn, password, newPassword: next });
      const opened = await Promise.all(
        [password, next].map((given) => alive.ask(unlockMutation, { urn, password: given })),
      );
      const codes = opened.map(({ errors }) => errors?.[0]?.extensions.code ?? 'OPENED');
      expect(codes.sort()).toEqual(['OPENED', 'WRONG_PASSWORD']);
      await assertShown(alive, assetId);
    });
    expect(steps).toBeGreaterThan(5);
    await until(nothingHidden);
    await expectInvariants(backends);
  });

  test('while it gives a memory a new data key loses neither', async () => {
    const steps = await dieAtEveryStep(async (die) => {
      const { alive, dying, urn, assetId } = await somebody();
      await encrypt(alive, urn);
      await until(nothingHidden);
      await demandNewKeys(sound);
      await die(dying, unlockMutation, { urn, password });
      await unlock(alive, urn);
      await assertShown(alive, assetId);
    });
    expect(steps).toBeGreaterThan(7);
    await until(nothingHidden);
    await until(async () => (await rows(backends, 'select from vault_keys where version = 1')).length === 0);
    await expectInvariants(backends);
  });
});

test('killed again and again while it seals and seals anew, every name is still there in the end', async () => {
  const running: SpawnedService[] = [];
  const spawn = async () => {
    const service = await spawnService({ env: { ...backends.env, LOG_LEVEL: 'info' } });
    running.push(service);
    return service;
  };
  try {
    const first = await spawn();
    const { agent, alice } = await seedHeart(first);
    const { id: promptId } = await request(agent);
    const asset = await answer(alice, promptId, bytes, file);
    const { id: openId } = await request(agent);
    const upload = await begin(alice, openId, file);
    await put(upload, bytes);
    await alice.get('mutation($id: ID!) { abortUpload(uploadId: $id) { id } }', upload);
    await rows(
      backends,
      `insert into uploads select (jsonb_populate_record(u, jsonb_build_object(
         'id', copy, 'filename', copy || '.pdf'))).*
       from uploads u, unnest($2::text[]) copy where u.id = $1`,
      [upload.id, Array.from({ length: 400 }, newId)],
    );
    const urn = asset.urn.replace(/:assets:.*$/, '');
    const names = async (by: Api) => {
      const { uploadPrompt } = await by.get<{
        uploadPrompt: { uploads: { id: string; filename: string }[] };
      }>('query($id: ID!) { uploadPrompt(id: $id) { uploads { id filename } } }', { id: openId });
      return uploadPrompt.uploads.map(
        ({ id, filename }) => filename === (id === upload.id ? file.filename : `${id}.pdf`),
      );
    };

    let service = first;
    const dieOften = async (act: (by: Api) => Promise<unknown>) => {
      await act(makeApi(service.url, alice.credential));
      for (let round = 0; round < 3; round += 1) {
        // At random, somewhere in what it takes.
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
        await service.kill('SIGKILL');
        service = await spawn();
      }
      await until(nothingHidden, 40_000);
      await forgetAttempts(backends);
      const by = makeApi(service.url, alice.credential);
      await unlock(by, urn);
      expect((await names(by)).filter((isRight) => !isRight)).toEqual([]);
      expect(await findAsset(by, asset.id)).toMatchObject({
        filename: file.filename,
        description: file.description,
      });
    };
    await dieOften((by) => encrypt(by, urn));
    await rows(backends, 'update vaults set is_rotation_due = true');
    await dieOften((by) => unlock(by, urn));
    await until(
      async () =>
        JSON.stringify(await rows(backends, 'select version from vault_keys')) === '[{"version":2}]',
    );
    await expectInvariants(backends, 40_000);
  } finally {
    await Promise.all(running.map((service) => service.kill('SIGKILL')));
  }
});
