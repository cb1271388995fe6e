import type { Answer, Api } from '../support/api.js';
import { actors, seedCast, type Actor, type Cast } from '../support/cast.js';
import {
  abortMutation,
  agentUrn,
  beginMutation,
  cancelMutation,
  completeMutation,
  declineMutation,
  enable,
  requestUploadMutation,
  seenMutation,
} from '../support/heart.js';
import { sceneFile as file, stage, stored, type OpenStatus, type Scene } from '../support/scene.js';
import { openForAll } from '../support/open-for-all.js';
import type { TestBackends, TestService } from '../support/service.js';
import { rows } from '../support/state.js';

let backends: TestBackends;
let service: TestService;
let cast: Cast;

openForAll({ env: { PROMPT_LIMIT_PER_USER: '10000' } }, async (opened) => {
  ({ backends, service } = opened);
  cast = await seedCast(service);
});

const switchMutation =
  'mutation($urn: ID!) { setAgentAssetUploadEnabled(agentUrn: $urn, enabled: false) { urn } }';

type Act = (by: Api, scene: Scene) => Promise<Answer<unknown>>;

const acts = {
  beginPromptUpload: (by, { promptId }) => by.ask(beginMutation, { id: promptId, file }),
  takeOver: (by, { promptId }) => by.ask(beginMutation, { id: promptId, file, takeOver: true }),
  completeUpload: (by, { upload }) => by.ask(completeMutation, { id: upload?.id }),
  abortUpload: (by, { upload }) => by.ask(abortMutation, { id: upload?.id }),
  declineUpload: (by, { promptId }) => by.ask(declineMutation, { id: promptId }),
  cancelUploadRequest: (by, { promptId }) => by.ask(cancelMutation, { id: promptId }),
  markUploadPromptSeen: (by, { promptId }) => by.ask(seenMutation, { id: promptId }),
  switchOff: (by) => by.ask(switchMutation, { urn: agentUrn }),
} satisfies Record<string, Act>;

describe('who may change a prompt', () => {
  // Who may not know of the prompt is told that there is none; who is of the wrong kind altogether learns nothing
  // of it either way.
  const forPeople: Partial<Record<Actor, string>> = {
    bob: 'NOT_FOUND',
    admin: 'NOT_FOUND',
    agent: 'PERMISSION_DENIED',
    otherAgent: 'PERMISSION_DENIED',
    account: 'PERMISSION_DENIED',
    aliceOfGlobex: 'NOT_FOUND',
    nobody: 'UNAUTHENTICATED',
  };
  const forItsAgent: Partial<Record<Actor, string>> = {
    alice: 'PERMISSION_DENIED',
    aliceElsewhere: 'PERMISSION_DENIED',
    bob: 'NOT_FOUND',
    admin: 'NOT_FOUND',
    otherAgent: 'NOT_FOUND',
    account: 'NOT_FOUND',
    aliceOfGlobex: 'NOT_FOUND',
    nobody: 'UNAUTHENTICATED',
  };
  const forAdmins = {
    ...Object.fromEntries(actors.map((actor) => [actor, 'PERMISSION_DENIED'])),
    admin: undefined,
    nobody: 'UNAUTHENTICATED',
  };
  const inProgress = { ...forPeople, aliceElsewhere: 'UPLOAD_IN_PROGRESS' };
  /** An upload belongs to whoever began it; nobody else sees it. */
  const notTheirs = { agent: 'NOT_FOUND', otherAgent: 'NOT_FOUND', account: 'NOT_FOUND' };
  const ofUploader = { ...forPeople, ...notTheirs };
  const inOwnSession = { ...ofUploader, aliceElsewhere: 'PERMISSION_DENIED' };

  /** What is tried, on which state, who is refused with what; everybody else brings the prompt to `to`. */
  const table: [keyof typeof acts, OpenStatus, Partial<Record<Actor, string | undefined>>, to: string][] = [
    ['beginPromptUpload', 'PENDING', forPeople, 'UPLOADING'],
    ['beginPromptUpload', 'UPLOADING', inProgress, 'UPLOADING'],
    ['takeOver', 'UPLOADING', forPeople, 'UPLOADING'],
    ['completeUpload', 'UPLOADING', inOwnSession, 'UPLOADED'],
    ['abortUpload', 'UPLOADING', ofUploader, 'PENDING'],
    ['declineUpload', 'PENDING', forPeople, 'DECLINED'],
    ['declineUpload', 'UPLOADING', forPeople, 'DECLINED'],
    ['cancelUploadRequest', 'PENDING', forItsAgent, 'DECLINED'],
    ['cancelUploadRequest', 'UPLOADING', forItsAgent, 'DECLINED'],
    ['markUploadPromptSeen', 'PENDING', forPeople, 'PENDING'],
    ['markUploadPromptSeen', 'UPLOADING', forPeople, 'UPLOADING'],
    ['switchOff', 'PENDING', forAdmins, 'DECLINED'],
    ['switchOff', 'UPLOADING', forAdmins, 'DECLINED'],
  ];
  const cases = table.flatMap(([act, state, refusals, to]) =>
    actors.map((actor) => ({ act, state, actor, code: refusals[actor], to })),
  );

  test.each(cases.filter(({ code }) => code === undefined))(
    '$act by $actor brings a $state prompt to $to, one version on',
    async ({ act, state, actor, to }) => {
      const scene = await stage(cast, state);
      const { prompt: before } = await stored(backends, scene.promptId);
      const { errors } = await acts[act](cast[actor], scene);
      const { prompt: after } = await stored(backends, scene.promptId);
      if (act === 'switchOff') await enable(cast.admin, true);
      expect(errors).toBeUndefined();
      expect(after).toMatchObject({ status: to, version: before.version + 1 });
    },
  );

  /** Whoever is refused changes nothing, so all of them try it on the same two prompts. */
  const untouched = new Map<OpenStatus, Promise<Scene>>();
  const stageOnce = (state: OpenStatus) => {
    const scene = untouched.get(state) ?? stage(cast, state);
    untouched.set(state, scene);
    return scene;
  };

  test.each(cases.filter(({ code }) => code !== undefined))(
    '$act by $actor on a $state prompt is refused with $code and changes nothing',
    async ({ act, state, actor, code }) => {
      const scene = await stageOnce(state);
      const before = await stored(backends, scene.promptId);
      const { data, errors } = await acts[act](cast[actor], scene);
      expect(errors?.map(({ extensions }) => extensions.code)).toEqual([code]);
      expect(data).toBeNull();
      expect(await stored(backends, scene.promptId)).toEqual(before);
    },
  );

  test.each(actors.filter((actor) => actor !== 'agent'))(
    'requestUpload for that agent by %s is refused and asks nothing',
    async (actor) => {
      const count = () => rows(backends, 'select count(*) from upload_prompts');
      const before = await count();
      const input = { userId: 'alice', prompt: 'a file', agentUrn };
      const { code } = await cast[actor].refusal(requestUploadMutation, { input });
      expect(code).toBe(actor === 'nobody' ? 'UNAUTHENTICATED' : 'PERMISSION_DENIED');
      expect(await count()).toEqual(before);
    },
  );
});
