'use client';

import { LinkButton } from '#components/ui/link-button.tsx';
import { type Packed, unpack } from '#components/ui/packed.ts';
import { SoftLinks } from '#components/ui/soft-links.tsx';
import type { Ways } from './sort-ways.ts';

const CHOICE =
  'inline-flex min-h-7 items-center rounded-sm px-1.5 text-muted hover:bg-hover hover:text-ink aria-[current]:font-medium aria-[current]:text-ink aria-[current]:underline';

/** What was found, and how it is looked at: groups of plain links that keep everything else. */
export type Head = { readonly found: string; readonly saveHref: string; readonly ways: readonly Ways[] };

/** Above the offers of a search: how many there are, a way to be told of more, and table, cards or map, and the order. */
export function SearchHead({ head }: { head: Packed<Head> }) {
  const { found, saveHref, ways } = unpack(head);
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <p role="status" className="tabular font-semibold">
          {found}
        </p>
        <LinkButton href={saveHref} size="sm" className="sign sign-save before:size-3.5">
          Save this search
        </LinkButton>
      </div>
      <SoftLinks className="flex flex-wrap items-center gap-x-5 gap-y-1 text-sm">
        {ways.map(({ label, links }) => (
          <nav key={label} aria-label={label} className="flex flex-wrap items-center gap-x-1">
            <span className="text-muted">{label}</span>
            {links.map(({ label: words, href, now, aside }) => (
              <a key={words} href={href} data-stay="" aria-current={now ? 'true' : undefined} className={CHOICE}>
                {words}
                {aside && <span className="sr-only">{aside}</span>}
              </a>
            ))}
          </nav>
        ))}
      </SoftLinks>
    </>
  );
}
