/** The mark: one hook and the same hook turned round; two sides of a market that make one S. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" className={className}>
      <MarkPaths />
    </svg>
  );
}

/** The two halves of the mark, on a grid of 24. */
export function MarkPaths() {
  return (
    <>
      <path
        fill="currentColor"
        d="M7 2.5H20.5L16.8 6.8H8v3H12.6L8.9 14.1H7A3.5 3.5 0 0 1 3.5 10.6V6A3.5 3.5 0 0 1 7 2.5z"
      />
      <path
        className="fill-accent"
        d="M17 21.5H3.5L7.2 17.2H16v-3H11.4L15.1 9.9H17a3.5 3.5 0 0 1 3.5 3.5V18a3.5 3.5 0 0 1-3.5 3.5z"
      />
    </>
  );
}
