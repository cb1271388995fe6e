/** Calm is good news. */
export function NoRequests() {
  return (
    <div className="empty">
      <svg aria-hidden width="120" height="84" viewBox="0 0 120 84" className="empty-picture">
        <rect x="22" y="14" width="76" height="56" rx="10" className="empty-sheet" />
        <path d="M22 46h22l5 8h22l5-8h22" className="empty-line" />
        <circle cx="60" cy="31" r="9" className="empty-dot" />
        <path d="m56 31 3 3 5-6" className="empty-check" />
      </svg>
      <p className="empty-title">Nothing is asked of you right now</p>
      <p>When an agent needs a file from you, it appears here at once, and on your other devices.</p>
    </div>
  );
}
