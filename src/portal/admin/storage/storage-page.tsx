import { GetStorage } from '../generated/documents.js';
import type { GetStorageQuery } from '../generated/types.js';
import { Loaded } from '../parts/loaded.js';
import { Section } from '../parts/section.js';
import { useRead } from '../use-admin.js';
import { QuotaForm } from './quota-form.js';
import { toLargest, type Counted } from './shares.js';
import { UsageBar } from './usage-bar.js';
import { UsageList } from './usage-list.js';

type Storage = GetStorageQuery['viewer']['organization']['storage'];

/** As many as are told apart at a glance. */
const shownSpaces = 8;

const typeNames = {
  DOCUMENT: 'Documents',
  IMAGE: 'Pictures',
  AUDIO: 'Audio',
  VIDEO: 'Video',
  OTHER: 'Other files',
} as const;

/** What is stored, by what it is and where, and how much may be. */
export function StoragePage() {
  const query = useRead(GetStorage, {});
  return (
    <Loaded query={query} name="storage">
      {({ viewer }) => {
        const { storage } = viewer.organization;
        return (
          <div className="admin-sections">
            <Section
              title="Storage"
              text="Files in the trash count until they are gone for good; uploads that are on their way count as they were declared."
            >
              <UsageBar usage={storage} />
            </Section>
            <div className="admin-columns">
              <Section title="By space">
                <UsageList label="Storage by space" rows={toLargest(toSpaces(storage), shownSpaces)} />
              </Section>
              <Section title="By type">
                <UsageByType storage={storage} />
              </Section>
            </div>
            <Section title="Quota" text="How much your organization may store in all.">
              <QuotaForm usage={storage} />
            </Section>
          </div>
        );
      }}
    </Loaded>
  );
}

function UsageByType({ storage: { byType } }: { storage: Storage }) {
  if (byType === null) return <p className="admin-empty">There is too much to be summed at once.</p>;
  const rows = byType.map(({ type, ...counts }) => ({ name: typeNames[type], ...counts }));
  return <UsageList label="Storage by type" rows={rows} />;
}

function toSpaces({ bySpace }: Storage): Counted[] {
  return bySpace
    .filter(({ assetCount }) => assetCount > 0)
    .map(({ space, ...counts }) => ({ name: space?.name ?? 'What agents were given', ...counts }));
}
