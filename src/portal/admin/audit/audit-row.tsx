import { ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button as AriaButton, Disclosure, DisclosurePanel } from 'react-aria-components';
import { Avatar } from '../../ui/avatar.js';
import { Button } from '../../ui/button.js';
import { Copyable } from '../parts/copyable.js';
import { Moment } from '../parts/moment.js';
import { toActorName, toDeed, toDetails, type AuditEntry } from './words.js';

export interface AuditRowProps {
  readonly entry: AuditEntry;
  /** Shows what else was done to the same. */
  readonly onSubject: (subject: string) => void;
}

/** One act in words; everything that is on record of it when it is unfolded. */
export function AuditRow({ entry, onSubject }: AuditRowProps) {
  const { at, actor, action, subject, details } = entry;
  const actorName = toActorName(entry);
  return (
    <li>
      <Disclosure className="audit-entry">
        <AriaButton slot="trigger" className="audit-summary">
          <Avatar name={actorName} size="small" />
          <span className="audit-words">
            <span>
              <strong>{actorName}</strong> {toDeed(entry)}
            </span>
            <span className="admin-id">{subject}</span>
          </span>
          <Moment at={at} />
          <ChevronDown aria-hidden size={18} className="audit-fold" />
        </AriaButton>
        <DisclosurePanel className="audit-panel">
          <dl className="facts">
            <Fact name="Subject">
              <Copyable text={subject} name="the subject" />
            </Fact>
            <Fact name="Done by">
              <Copyable text={actor.id} name="the id of who did it" />
            </Fact>
            <Fact name="Recorded as">
              <code>{action}</code>
            </Fact>
            {toDetails(details).map(({ name, value }) => (
              <Fact key={name} name={name}>
                {value}
              </Fact>
            ))}
            <Fact name="Entry">
              <Copyable text={entry.id} name="the id of the entry" />
            </Fact>
          </dl>
          <Button look="quiet" onPress={() => onSubject(subject)}>
            Show all about this subject
          </Button>
        </DisclosurePanel>
      </Disclosure>
    </li>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
