import { Bot, ChevronRight, Plus } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { Avatar } from '../../ui/avatar.js';
import { Button } from '../../ui/button.js';
import { ListAgents } from '../generated/documents.js';
import { LoadMore } from '../parts/load-more.js';
import { Loaded } from '../parts/loaded.js';
import { Section } from '../parts/section.js';
import { useIsAdmin, usePages } from '../use-admin.js';
import { toAgentPath } from './agent-path.js';
import { RegisterAgentDialog } from './register-agent.js';

/** The agents of the organization, and which of them may ask. */
export function AgentsPage() {
  const isAdmin = useIsAdmin();
  const [isRegistering, setIsRegistering] = useState(false);
  const query = usePages(
    ListAgents,
    (page) => page,
    ({ viewer }) => viewer.organization.agents,
  );
  return (
    <Section
      title="Agents"
      text="What asks people of your organization for files. Each asks only once it is allowed to."
      tools={
        isAdmin && (
          <Button look="primary" icon={Plus} onPress={() => setIsRegistering(true)}>
            Register an agent
          </Button>
        )
      }
    >
      <Loaded query={{ ...query, data: query.nodes }} name="agents">
        {(agents) =>
          agents.length === 0 ? (
            <div className="admin-empty">
              <Bot aria-hidden size={32} />
              <p>
                <strong>No agents yet.</strong>{' '}
                {isAdmin
                  ? 'Register the first one to give it a key and let it ask.'
                  : 'An admin of your organization registers them.'}
              </p>
            </div>
          ) : (
            <ul className="admin-rows" aria-label="Agents">
              {agents.map(({ urn, name, assetUploadEnabled }) => (
                <li key={urn}>
                  <Link href={toAgentPath(urn)} className="admin-row admin-row-link">
                    <Avatar name={name} size="small" />
                    <span className="admin-row-words">
                      <strong>{name}</strong>
                      <span className="admin-id">{urn}</span>
                    </span>
                    <span className={assetUploadEnabled ? 'badge badge-good' : 'badge'}>
                      {assetUploadEnabled ? 'May ask' : 'May not ask'}
                    </span>
                    <ChevronRight aria-hidden size={18} className="admin-row-go" />
                  </Link>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <LoadMore query={query} />
      {isRegistering && <RegisterAgentDialog onClose={() => setIsRegistering(false)} />}
    </Section>
  );
}
