import { randomBytes } from 'node:crypto';
import { makeKeyring } from '../../src/core/keyring.js';
import { makeCursors } from '../../src/core/pagination.js';
import type { AppViewer, OrgRole, ServiceAccountViewer, UserViewer } from '../../src/core/viewer.js';
import { makeAccounts, type AccountsDeps } from '../../src/domains/accounts/account.service.js';
import type { Agent } from '../../src/domains/accounts/agent.js';
import { makeAgents } from '../../src/domains/accounts/agent.service.js';
import { makeAppKeys } from '../../src/domains/accounts/app-key.service.js';
import { makeAudit } from '../../src/domains/accounts/audit.service.js';
import {
  makeCapabilities,
  type CapabilitiesDeps,
} from '../../src/domains/capabilities/capability.service.js';
import { defaultUploadLimits } from '../../src/domains/capabilities/upload-limits.js';
import type { TestDatabase } from './postgres.js';

type Ports = Pick<AccountsDeps, 'onOrganizationCreated' | 'rememberMs'> &
  Pick<CapabilitiesDeps, 'onToolDisabled'>;

/** Accounts, agents, keys and capabilities on one database, put together as the application does. */
export function makePeople({ db, transact }: TestDatabase, ports: Partial<Ports> = {}) {
  const nothing = () => Promise.resolve();
  const audit = makeAudit();
  const cursors = makeCursors(makeKeyring([{ id: 'test', key: randomBytes(32) }]));
  const agents = makeAgents({ db, transact, audit, cursors, isErasing: () => Promise.resolve(false) });
  return {
    agents,
    accounts: makeAccounts({ db, transact, onOrganizationCreated: nothing, ...ports }),
    appKeys: makeAppKeys({ db, transact, audit, agents }),
    capabilities: makeCapabilities({
      db,
      transact,
      audit,
      agents,
      defaults: defaultUploadLimits,
      onToolDisabled: ports.onToolDisabled ?? nothing,
    }),
  };
}

const session = { sessionId: 'session', expiresAt: null };

export function userViewer(orgId: string, orgRole: OrgRole = 'MEMBER', id = 'alice'): UserViewer {
  return { kind: 'USER', id, orgId, orgRole, name: null, ...session };
}

export function serviceAccountViewer(orgId: string, orgRole: OrgRole | null = null): ServiceAccountViewer {
  return { kind: 'SERVICE_ACCOUNT', id: 'crawler', orgId, orgRole, name: null, ...session };
}

export function appViewer({ orgId, appId, urn, name }: Agent): AppViewer {
  return { kind: 'APP', id: appId, orgId, agentUrn: urn, appKeyId: 'key', name, ...session };
}
