import { Breadcrumb, Breadcrumbs, Link } from 'react-aria-components';
import { overviewPath, toSpacePath } from './place.js';
import type { SpacePlace } from './use-space-place.js';

/** The way to a folder, each step of it a link. */
export function FolderCrumbs({ place: { space, crumbs, isDeeper } }: { place: SpacePlace }) {
  return (
    <nav aria-label="Where you are">
      <Breadcrumbs className="crumbs">
        <Breadcrumb className="crumb">
          <Link href={overviewPath} className="crumb-link">
            Files
          </Link>
        </Breadcrumb>
        <Breadcrumb className="crumb">
          <Link href={toSpacePath(space.id)} className="crumb-link">
            {space.name}
          </Link>
        </Breadcrumb>
        {isDeeper && (
          <Breadcrumb className="crumb">
            <Link className="crumb-link">…</Link>
          </Breadcrumb>
        )}
        {crumbs.map(({ id, name }) => (
          <Breadcrumb key={id} className="crumb">
            <Link href={toSpacePath(space.id, id)} className="crumb-link">
              {name}
            </Link>
          </Breadcrumb>
        ))}
      </Breadcrumbs>
    </nav>
  );
}
