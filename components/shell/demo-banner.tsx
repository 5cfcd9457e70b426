import { FlaskConical } from 'lucide-react';

/** Says, above everything, that this market is a demonstration. */
export function DemoBanner() {
  return (
    <aside aria-label="About this market" className="border-line border-b bg-sunken">
      <p className="page flex items-start gap-2 py-1.5 text-muted text-xs">
        <FlaskConical aria-hidden className="mt-0.5 size-3.5 shrink-0" />
        <span>
          <strong className="font-semibold text-ink">Demo market.</strong> Money is play money, and machines marked{' '}
          <em className="not-italic text-ink">simulated</em> compute nothing.
        </span>
      </p>
    </aside>
  );
}
