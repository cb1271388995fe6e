import { and, asc, desc, eq, inArray, lte, sql, type SQL } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/pg-core';
import type { Db } from '../../core/db.js';
import { promptStatuses, type PromptStatus, type UploadPrompt } from './prompt.js';
import { deadline, isBeforeDeadline, isOpen, promptColumns, toPrompt } from './prompt.store.js';
import { uploadPrompts } from './prompt.table.js';

/** Whose prompts: those put to a person, or those that an agent asked. */
export type PromptScope = { orgId: string; userId: string } | { orgId: string; agentUrn: string };

/** The last row of the page before, in descending order. */
export interface PromptPosition {
  createdAt: Date;
  id: string;
}

const p = uploadPrompts;
const given = sql.placeholder;

/** Every list comes in the order of an index: nothing is sorted, and a page costs the same wherever it is. */
export function makePromptListStore(db: Db) {
  // Prepared on first use.
  let prepared: ReturnType<typeof prepareOpen> | undefined;
  const open = () => (prepared ??= prepareOpen(db));
  /** One statement for each combination of conditions, by its name. */
  const pages = new Map<string, ReturnType<typeof preparePage>>();

  return {
    /** Oldest first. */
    async listOpen(orgId: string, userId: string): Promise<UploadPrompt[]> {
      return (await open().execute({ orgId, userId })).map(toPrompt);
    },

    /** Newest first. */
    async list(
      scope: PromptScope,
      statuses: readonly PromptStatus[] | undefined,
      limit: number,
      after?: PromptPosition,
    ): Promise<UploadPrompt[]> {
      const asked = promptStatuses.filter((status) => statuses?.includes(status));
      if (statuses !== undefined && asked.length === 0) return [];
      const shape = {
        of: 'userId' in scope ? 'person' : 'agent',
        statuses: asked,
        isLater: after !== undefined,
      } as const;
      const name = nameOf(shape);
      const page = pages.get(name) ?? preparePage(db, shape, name);
      pages.set(name, page);
      const rows = await page.execute({
        ...scope,
        limit,
        afterCreatedAt: after?.createdAt.toISOString(),
        afterId: after?.id,
      });
      return rows.map(toPrompt);
    },

    /** The versions of these prompts, in one query; as one parameter, of which Postgres takes 65,535. */
    async listVersions(ids: readonly string[]): Promise<{ id: string; version: number }[]> {
      return db
        .select({ id: p.id, version: p.version })
        .from(p)
        .where(sql`${p.id} = any(${sql.param([...ids])}::text[])`);
    },

    /** The versions of these people's open prompts, in one query. */
    async listOpenVersions(
      people: readonly { orgId: string; userId: string }[],
    ): Promise<{ orgId: string; userId: string; id: string; version: number }[]> {
      const orgIds = people.map((person) => person.orgId);
      const userIds = people.map((person) => person.userId);
      const asked = sql`(select * from unnest(${sql.param(orgIds)}::text[], ${sql.param(userIds)}::text[]))`;
      return db
        .select({ orgId: p.orgId, userId: p.userId, id: p.id, version: p.version })
        .from(p)
        .where(and(isOpen, isBeforeDeadline, sql`(${p.orgId}, ${p.userId}) in ${asked}`));
    },

    /** How many open prompts each of these agents has asked; who has none is missing. */
    async countOpenOfAgents(
      orgId: string,
      agentUrns: readonly string[],
    ): Promise<{ agentUrn: string; count: number }[]> {
      return db
        .select({ agentUrn: p.agentUrn, count: sql`count(*)`.mapWith(Number) })
        .from(p)
        .where(and(eq(p.orgId, orgId), inArray(p.agentUrn, [...agentUrns]), isOpen, isBeforeDeadline))
        .groupBy(p.agentUrn);
    },

    /** Ids of open prompts past their deadline, soonest first. */
    async listDue(limit: number): Promise<string[]> {
      const rows = await db
        .select({ id: p.id })
        .from(p)
        .where(and(isOpen, lte(deadline, sql`now()`)))
        .orderBy(deadline)
        .limit(limit);
      return rows.map((row) => row.id);
    },
  };
}

function prepareOpen(db: Db) {
  return db
    .select(promptColumns)
    .from(p)
    .where(and(eq(p.orgId, given('orgId')), eq(p.userId, given('userId')), isOpen, isBeforeDeadline))
    .orderBy(asc(p.createdAt), asc(p.id))
    .prepare('open_prompts_of_person');
}

/** What decides the statement of a page; the rest is its parameters. */
interface PageShape {
  readonly of: 'person' | 'agent';
  /** Each once; none for prompts of any status. */
  readonly statuses: readonly PromptStatus[];
  readonly isLater: boolean;
}

/** Short: of a longer name than 63 characters Postgres forgets the end. */
function nameOf({ of, statuses, isLater }: PageShape): string {
  const asked = promptStatuses.map((status) => (statuses.includes(status) ? 1 : 0)).join('');
  return `prompts_of_${of}_${asked}${isLater ? '_after' : ''}`;
}

/**
 * Each status by itself comes in order from an index, and Postgres merges them as it reads; from an index without the
 * status, a page of a rare one would be looked for among all others.
 */
function preparePage(db: Db, { of, statuses, isLater }: PageShape, name: string) {
  const select = (status?: PromptStatus) =>
    db
      .select(promptColumns)
      .from(p)
      .where(
        and(
          eq(p.orgId, given('orgId')),
          of === 'person' ? eq(p.userId, given('userId')) : eq(p.agentUrn, given('agentUrn')),
          status && eq(p.status, status),
          isLater
            ? sql`(${p.createdAt}, ${p.id}) < (${given('afterCreatedAt')}::timestamptz, ${given('afterId')})`
            : undefined,
        ),
      )
      .orderBy(...newestFirst())
      .limit(given('limit'));
  const [first, second, ...others] = statuses.map(select);
  if (first === undefined) return select().prepare(name);
  if (second === undefined) return first.prepare(name);
  return unionAll(first, second, ...others)
    .orderBy(...newestFirst())
    .limit(given('limit'))
    .prepare(name);
}

const newestFirst = (): SQL[] => [desc(p.createdAt), desc(p.id)];
