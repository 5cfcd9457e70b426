import type { Metadata } from 'next';
import { requireActor } from '#app/_edge/actor.ts';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { theWorld } from '#lib/base/time.ts';
import { searchListings } from '#lib/catalogue/queries/search.ts';
import { queryOf } from '#lib/catalogue/saved-search.ts';
import { type Params, readSearch, searchHref } from '#lib/catalogue/search.ts';
import { searchWords } from '#lib/catalogue/search-words.ts';
import { SearchFacts } from '../_searches/search-facts.tsx';
import { SearchForm } from '../_searches/search-form.tsx';
import { save } from '../actions.ts';

export const metadata: Metadata = { title: 'Save a search' };

const USUAL = { tellsNew: true, belowMicrosPerGpuHour: null, everySeconds: 86_400, byMail: true };

export default async function NewSearchPage({ searchParams }: { searchParams: Promise<Params> }) {
  const actor = await requireActor();
  const ask = { ...readSearch(await searchParams), page: 1 };
  const { total } = await searchListings(actor, ask, theWorld.now());
  const name = searchWords(ask).slice(0, 3).join(', ').slice(0, 80) || 'Everything that is free';
  return (
    <>
      <PageHeader
        title="Save this search"
        trail={[
          { href: '/searches', label: 'Saved searches' },
          { href: searchHref(ask), label: 'The search' },
        ]}
      />
      <Panel
        title="What it looks for"
        description={`It finds ${total === 0 ? 'no offer' : total === 1 ? '1 offer' : `${total} offers`} now. You are told of what comes after.`}
      >
        <div className="mb-6">
          <SearchFacts ask={ask} />
        </div>
        <SearchForm
          action={save}
          hidden={{ query: queryOf(ask) }}
          name={name}
          alerts={USUAL}
          submit="Save the search"
        />
      </Panel>
    </>
  );
}
