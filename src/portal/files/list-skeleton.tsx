/** Where a list will be. */
export function ListSkeleton() {
  return (
    <div role="status" aria-busy="true" aria-label="Looking for files" className="entries-skeleton">
      {Array.from({ length: 6 }, (_, index) => (
        <span key={index} className="entry-skeleton" />
      ))}
    </div>
  );
}
