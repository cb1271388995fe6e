import type { ReactNode } from 'react';
import { Breadcrumb, Breadcrumbs, Link } from 'react-aria-components';
import { overviewPath } from './place.js';

/** The way from the overview to where one is; each child is a `Crumb`. */
export function Crumbs({ children }: { children: ReactNode }) {
  return (
    <nav aria-label="Where you are">
      <Breadcrumbs className="crumbs">
        <Crumb>
          <Link href={overviewPath} className="crumb-link">
            Files
          </Link>
        </Crumb>
        {children}
      </Breadcrumbs>
    </nav>
  );
}

/** A step of the way: a link. */
export function Crumb({ children }: { children: ReactNode }) {
  return <Breadcrumb className="crumb">{children}</Breadcrumb>;
}
