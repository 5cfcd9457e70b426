/** The mark: one hook and the same hook turned round, two sides that make one S. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" className={className}>
      <path fill="currentColor" d="M20 3v4.6H9.2v2.1h5.4v4.6H4V3z" />
      <path className="fill-accent" d="M4 21v-4.6h10.8v-2.1H9.4V9.7H20V21z" />
    </svg>
  );
}
