import { ScrollText } from 'lucide-react';
import { useSearchParams } from 'wouter';
import { ListAudit } from '../generated/documents.js';
import { LoadMore } from '../parts/load-more.js';
import { Loaded } from '../parts/loaded.js';
import { Section } from '../parts/section.js';
import { usePages } from '../use-admin.js';
import { AuditFilters } from './audit-filters.js';
import { AuditRow } from './audit-row.js';

/** Who did what to which subject, newest first. */
export function AuditPage() {
  const [params, setParams] = useSearchParams();
  const filter = { action: params.get('action') ?? '', subject: params.get('subject') ?? '' };
  const query = usePages(
    ListAudit,
    (page) => ({
      ...page,
      ...(filter.action !== '' && { action: filter.action }),
      ...(filter.subject !== '' && { subject: filter.subject }),
    }),
    ({ auditLog }) => auditLog,
  );

  function setFilter(next: Partial<typeof filter>): void {
    const given = Object.entries({ ...filter, ...next }).filter(([, value]) => value !== '');
    setParams(Object.fromEntries(given));
  }

  return (
    <Section
      title="Audit log"
      text="Every change in your organization, who made it, and when. Nobody can change or delete an entry."
    >
      <AuditFilters key={filter.subject} filter={filter} onChange={setFilter} />
      <Loaded query={{ ...query, data: query.nodes }} name="entries">
        {(entries) =>
          entries.length === 0 ? (
            <div className="admin-empty">
              <ScrollText aria-hidden size={32} />
              <p>Nothing like this is on record.</p>
            </div>
          ) : (
            <ol className="admin-rows audit-rows" aria-label="Entries">
              {entries.map((entry) => (
                <AuditRow key={entry.id} entry={entry} onSubject={(subject) => setFilter({ subject })} />
              ))}
            </ol>
          )
        }
      </Loaded>
      <LoadMore query={query} />
    </Section>
  );
}
