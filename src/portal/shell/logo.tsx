/** The same drawing as icon.svg. */
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg aria-hidden width={size} height={size} viewBox="0 0 32 32" className="logo">
      <rect width="32" height="32" rx="8" className="logo-ground" />
      <path d="M16 22V10.5m0 0-4.6 4.6M16 10.5l4.6 4.6" className="logo-arrow" />
      <path d="M8.5 20.5v1.6a2.4 2.4 0 0 0 2.4 2.4h10.2a2.4 2.4 0 0 0 2.4-2.4v-1.6" className="logo-tray" />
    </svg>
  );
}
