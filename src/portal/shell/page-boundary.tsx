import { Component, type ReactNode } from 'react';
import { Button } from '../ui/button.js';

/**
 * What is left of a page that failed: most often a part of it that can't be loaded any more, because the service
 * has been updated since the page was opened.
 */
export class PageBoundary extends Component<
  { readonly children: ReactNode },
  { readonly hasFailed: boolean }
> {
  override readonly state = { hasFailed: false };

  static getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <div className="page-failed" role="alert">
        <h1 className="page-title">This page could not be shown</h1>
        <p>Load it again; nothing of yours is lost.</p>
        <Button look="primary" onPress={() => location.reload()}>
          Load again
        </Button>
      </div>
    );
  }
}
