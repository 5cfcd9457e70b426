import { X } from 'lucide-react';
import Link from 'next/link';
import { LinkButton } from '#components/ui/link-button.tsx';
import { compareHref, MOST_COMPARED, type PageState, stateHref, toggled } from './state.ts';

type TrayProps = {
  state: PageState;
  /** What the offers in it are called, as far as they are known. */
  names: ReadonlyMap<string, string>;
};

/** The offers to be compared, at the foot of the window. Its state is the address, so a shared link has the same tray. */
export function Tray({ state, names }: TrayProps) {
  const { compare } = state;
  if (compare.length === 0) return null;
  return (
    <section
      aria-label="Offers to compare"
      className="sticky bottom-2 z-10 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-xl border border-line bg-raised p-3 shadow-raised"
    >
      <ul className="flex min-w-0 flex-1 flex-wrap gap-1.5">
        {compare.map((id, index) => (
          <li key={id} className="min-w-0">
            <Link
              href={stateHref(toggled(state, id) ?? state)}
              scroll={false}
              className="inline-flex min-h-7 max-w-full items-center gap-1 rounded-md border border-line bg-surface px-2 text-sm hover:border-line-control"
            >
              <span className="truncate">{names.get(id) ?? `Offer ${index + 1}`}</span>
              <X aria-hidden className="size-3.5 shrink-0 text-muted" />
              <span className="sr-only">take out of the tray</span>
            </Link>
          </li>
        ))}
      </ul>
      {compare.length === 1 ? (
        <p className="text-muted text-sm">Add another to compare, up to {MOST_COMPARED}.</p>
      ) : (
        <LinkButton href={compareHref(state)} variant="primary" size="sm">
          Compare {compare.length}
        </LinkButton>
      )}
      <LinkButton href={stateHref({ ...state, compare: [] })} variant="ghost" size="sm" scroll={false}>
        Empty the tray
      </LinkButton>
    </section>
  );
}
