import { Arg, Ctx, ID, Int, Query, Resolver } from 'type-graphql';
import { pageArgs } from '../../core/pagination.js';
import { requireViewer, type GraphqlContext } from '../context.js';
import { AuditConnection, AuditEntry } from './audit.type.js';

const defaultFirst = 50;

@Resolver(() => AuditEntry)
export class AuditResolver {
  @Query(() => AuditConnection, {
    description: 'Who changed what in the organization, newest first. For its admins alone.',
  })
  auditLog(
    @Ctx() context: GraphqlContext,
    @Arg('subject', () => ID, { nullable: true }) subject?: string | null,
    @Arg('action', () => String, { nullable: true }) action?: string | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: defaultFirst }) first?: number | null,
    @Arg('after', () => String, { nullable: true }) after?: string | null,
  ) {
    const filter = { subject: subject ?? undefined, action: action ?? undefined };
    const page = pageArgs(first, after, defaultFirst);
    return context.services.auditLog.listEntries(requireViewer(context), filter, page);
  }
}
