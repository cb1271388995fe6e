import type { DetailedFile } from '../use-file-details.js';
import { Fact } from './facts.js';

/** Where generated media come from: which execution made them, with what. */
export function Generated({ file: { executionId, provider, agentUrn, metadata } }: { file: DetailedFile }) {
  const more = Object.entries(metadata);
  return (
    <section aria-labelledby="generated-title">
      <h3 id="generated-title" className="details-section">
        Generated
      </h3>
      <dl className="facts">
        {provider !== null && <Fact name="Provider">{provider}</Fact>}
        {executionId !== null && <Fact name="Execution">{executionId}</Fact>}
        {agentUrn !== null && <Fact name="Agent">{agentUrn}</Fact>}
        {more.map(([name, value]) => (
          <Fact key={name} name={name}>
            {typeof value === 'string' ? value : JSON.stringify(value)}
          </Fact>
        ))}
      </dl>
    </section>
  );
}
