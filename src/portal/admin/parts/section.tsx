import { useId, type ReactNode } from 'react';

export interface SectionProps {
  readonly title: string;
  /** What it is for, in a sentence. */
  readonly text?: ReactNode;
  /** Beside the title. */
  readonly tools?: ReactNode;
  readonly children: ReactNode;
}

/** A part of a page, with its own heading. */
export function Section({ title, text, tools, children }: SectionProps) {
  const id = useId();
  return (
    <section className="admin-section" aria-labelledby={id}>
      <header className="admin-section-head">
        <div>
          <h2 id={id} className="admin-section-title">
            {title}
          </h2>
          {text !== undefined && <p className="admin-hint">{text}</p>}
        </div>
        {tools}
      </header>
      {children}
    </section>
  );
}
