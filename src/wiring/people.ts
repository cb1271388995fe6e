import { makeAuthenticate } from '../auth/authenticate.js';
import { makeAccounts } from '../domains/accounts/account.service.js';
import { makeAgents, type AgentsDeps } from '../domains/accounts/agent.service.js';
import { makeAppKeys } from '../domains/accounts/app-key.service.js';
import { makeAuditLog } from '../domains/accounts/audit-log.service.js';
import { makePeople } from '../domains/accounts/people.service.js';
import { makeCapabilities, type CapabilitiesDeps } from '../domains/capabilities/capability.service.js';
import { defaultUploadLimits } from '../domains/capabilities/upload-limits.js';
import { makeQuotas } from '../domains/quotas/quota.service.js';
import { makeRoles } from '../domains/spaces/role.service.js';
import { makeSpaceAccess } from '../domains/spaces/space-access.js';
import { makeSpaceMembers } from '../domains/spaces/space-member.service.js';
import { makeSpaces } from '../domains/spaces/space.service.js';
import type { Foundation } from './foundation.js';

export type PeopleWiring = ReturnType<typeof wirePeople>;

/** Whom there is, where they are, and what they may do and use. */
export function wirePeople(
  { config, common }: Foundation,
  { onToolDisabled, isErasing }: Pick<CapabilitiesDeps, 'onToolDisabled'> & Pick<AgentsDeps, 'isErasing'>,
) {
  const spaceAccess = makeSpaceAccess(common);
  const spaces = makeSpaces({ ...common, access: spaceAccess });
  const auditLog = makeAuditLog(common);
  const people = makePeople(common);
  const quotas = makeQuotas({ ...common, spaceAccess });
  const accounts = makeAccounts({
    ...common,
    async onOrganizationCreated(tx, orgId) {
      await spaces.createDefault(tx, orgId);
      await quotas.create(tx, orgId);
    },
  });
  const agents = makeAgents({ ...common, isErasing });
  const roles = makeRoles(common);
  const spaceMembers = makeSpaceMembers({ ...common, accounts, roles, access: spaceAccess });
  const appKeys = makeAppKeys({ ...common, agents });
  const { authenticate, isStillValid } = makeAuthenticate({ auth: config.auth, accounts, appKeys });
  const capabilities = makeCapabilities({
    ...common,
    agents,
    defaults: { ...defaultUploadLimits, ...config.prompts.limits },
    onToolDisabled,
  });
  const services = {
    accounts,
    agents,
    appKeys,
    auditLog,
    capabilities,
    people,
    quotas,
    roles,
    spaceMembers,
    spaces,
  };
  return { services, authenticate, isStillValid, spaceAccess };
}
