/** Says, above everything, that this market is a demonstration. */
export function DemoBanner() {
  return (
    <aside aria-label="About this market" className="border-line border-b bg-sunken">
      <p className="page sign sign-simulated flex items-start gap-2 py-1.5 text-muted text-xs before:mt-0.5 before:size-3.5">
        <span>
          <strong className="font-semibold text-ink">Demo market.</strong> Money is play money, and machines marked{' '}
          <em className="not-italic text-ink">simulated</em> compute nothing.
        </span>
      </p>
    </aside>
  );
}
