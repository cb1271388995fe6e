import { ArrowLeft, Wrench } from 'lucide-react';
import { Link } from 'wouter';
import { Avatar } from '../../ui/avatar.js';
import { GetAgent } from '../generated/documents.js';
import type { LimitsFragment, WholeAgentFragment } from '../generated/types.js';
import { Copyable } from '../parts/copyable.js';
import { Loaded } from '../parts/loaded.js';
import { Section } from '../parts/section.js';
import { useIsAdmin, useRead } from '../use-admin.js';
import { AppKeys } from './app-keys.js';
import { PolicyForm } from './policy-form.js';
import { PolicyWords } from './policy-words.js';
import { UploadSwitch } from './upload-switch.js';

/** How one agent is set up. */
export function AgentPage({ urn }: { urn: string }) {
  const query = useRead(GetAgent, { urn });
  return (
    <>
      <Link href="/admin/agents" className="admin-back">
        <ArrowLeft aria-hidden size={16} />
        All agents
      </Link>
      <Loaded query={query} name="the agent">
        {({ agent, viewer }) =>
          agent === null ? (
            <p className="admin-empty">There is no agent with this URN in your organization.</p>
          ) : (
            <Settings key={urn} agent={agent} limits={viewer.organization.uploadLimits} />
          )
        }
      </Loaded>
    </>
  );
}

function Settings({ agent, limits }: { agent: WholeAgentFragment; limits: LimitsFragment }) {
  const isAdmin = useIsAdmin();
  const { urn, name, agentTools, uploadPolicy } = agent;
  return (
    <div className="admin-sections">
      <header className="agent-title">
        <Avatar name={name} />
        <div>
          <h2>{name}</h2>
          <Copyable text={urn} name="the URN" />
        </div>
      </header>
      <Section title="Capabilities" text="What this agent may do with people of your organization.">
        <UploadSwitch agent={agent} />
        <p className="agent-tools">
          <Wrench aria-hidden size={16} />
          <span>Its tools:</span>
          {agentTools.length === 0 ? (
            <span>none</span>
          ) : (
            agentTools.map((tool) => <code key={tool}>{tool}</code>)
          )}
        </p>
      </Section>
      <Section
        title="Upload policy"
        text="What it may ask for, within the limits of this service. Requests that are open keep the limits they were asked with."
      >
        {isAdmin ? (
          <PolicyForm urn={urn} policy={uploadPolicy} limits={limits} />
        ) : (
          <PolicyWords policy={uploadPolicy} />
        )}
      </Section>
      {isAdmin && <AppKeys urn={urn} />}
    </div>
  );
}
