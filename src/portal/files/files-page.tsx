import { useEffect, useState } from 'react';
import { Route, Switch } from 'wouter';
import { usePortal } from '../shell/portal-context.js';
import { TrashPage } from '../trash/trash-page.js';
import { makeToasts, ToastRegion, ToastsContext } from '../ui/toasts.js';
import './entries.css';
import './files.css';
import { MemoryPage } from './memory-page.js';
import { OverviewPage } from './overview-page.js';
import { fromAddress } from './place.js';
import { SpacePage } from './space-page.js';
import { NotThere } from './not-there.js';
import { ThumbnailsContext } from './thumbnail.js';
import { makeThumbnails } from './thumbnails.js';

/** Everything that is stored: the spaces of the organization, and what each agent keeps of the person. */
export function FilesPage() {
  const { client } = usePortal();
  const [toasts] = useState(makeToasts);
  const [thumbnails] = useState(() => makeThumbnails(client));
  useEffect(() => () => thumbnails.clear(), [thumbnails]);
  return (
    <ToastsContext value={toasts}>
      <ThumbnailsContext value={thumbnails}>
        <Switch>
          <Route path="/files">
            <OverviewPage />
          </Route>
          <Route path="/files/spaces/:spaceId">
            {({ spaceId }) => <SpacePage key={spaceId} spaceId={spaceId} />}
          </Route>
          <Route path="/files/trash">
            <TrashPage />
          </Route>
          <Route path="/files/memories/:urn">
            {({ urn }) => <MemoryPage key={urn} memoryUrn={fromAddress(urn)} />}
          </Route>
          <Route>
            <NotThere />
          </Route>
        </Switch>
      </ThumbnailsContext>
      <ToastRegion toasts={toasts} />
    </ToastsContext>
  );
}
