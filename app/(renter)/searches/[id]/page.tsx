import type { Metadata } from 'next';
import { requireActor } from '#app/_edge/actor.ts';
import { seen } from '#app/_edge/seen.ts';
import { ActionForm } from '#components/ui/action-form.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { theWorld } from '#lib/base/time.ts';
import { savedSearch } from '#lib/catalogue/queries/saved-searches.ts';
import { askOf } from '#lib/catalogue/saved-search.ts';
import { searchHref } from '#lib/catalogue/search.ts';
import { SearchFacts } from '../_searches/search-facts.tsx';
import { SearchForm } from '../_searches/search-form.tsx';
import { change, remove } from '../actions.ts';

export const metadata: Metadata = { title: 'Saved search' };

export default async function SavedSearchPage({ params }: { params: Promise<{ id: string }> }) {
  const actor = await requireActor();
  const search = await seen(savedSearch(actor, (await params).id, theWorld.now()));
  const ask = askOf(search.query);
  return (
    <>
      <PageHeader
        title={search.name}
        trail={[{ href: '/searches', label: 'Saved searches' }]}
        lede={`It finds ${search.offers === 0 ? 'no offer' : search.offers === 1 ? '1 offer' : `${search.offers} offers`} now.`}
      />
      <div className="space-y-6">
        <Panel title="What it looks for" description="To look for something else, open it, change it and save it anew.">
          <div className="space-y-4">
            <SearchFacts ask={ask} />
            <p>
              <a href={searchHref(ask)} className="link inline-flex min-h-6 items-center">
                Open the search
              </a>
            </p>
          </div>
        </Panel>
        <Panel title="Name and alerts">
          <SearchForm
            action={change}
            hidden={{ searchId: search.id }}
            name={search.name}
            alerts={search}
            submit="Save changes"
          />
        </Panel>
        <Panel title="Delete" description="It is forgotten, and tells nothing any more. Notices that you have stay.">
          <ActionForm action={remove}>
            <input type="hidden" name="searchId" value={search.id} />
            <SubmitButton variant="danger" pendingLabel="Deleting…">
              Delete this search
            </SubmitButton>
          </ActionForm>
        </Panel>
      </div>
    </>
  );
}
