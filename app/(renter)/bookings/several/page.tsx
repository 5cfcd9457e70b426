import type { Metadata } from 'next';
import Link from 'next/link';
import { requireActor } from '#app/_edge/actor.ts';
import { SeveralForm } from '#components/several/several-form.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { theWorld } from '#lib/base/time.ts';
import { rentalsOf } from '#lib/bookings/queries/rentals.ts';
import { MOST_SEVERAL, SEVERAL_VERBS } from '#lib/bookings/several.ts';
import { BOOKING_NOUNS, BOOKING_VERBS, severalRows } from '../_list/several-verbs.ts';
import { changeChosen } from './actions.ts';

export const metadata: Metadata = { title: 'Several bookings' };

type Params = Promise<{ id?: string | string[]; verb?: string | string[] }>;

/** What a dialog asks where scripts run, as a page: what doing it to several bookings means. */
export default async function SeveralBookings({ searchParams }: { searchParams: Params }) {
  const actor = await requireActor();
  const asked = await searchParams;
  const ids = [asked.id ?? []].flat().slice(0, MOST_SEVERAL);
  const verb = SEVERAL_VERBS.find((one) => one === asked.verb) ?? 'stop';
  const now = theWorld.now();
  const { rows } = await rentalsOf(actor, { state: 'all', ids, take: MOST_SEVERAL }, now);
  const { trigger: _bar, question, ...words } = BOOKING_VERBS[verb];
  return (
    <>
      <PageHeader title={question} trail={[{ href: '/bookings', label: 'My bookings' }]} />
      <Panel
        className="max-w-2xl"
        footer={
          rows.length > 0 && (
            <Link href="/bookings" className="link inline-flex min-h-6 items-center">
              Back to the list, changing nothing
            </Link>
          )
        }
      >
        {rows.length === 0 ? (
          <EmptyState
            kind="none"
            title="None is chosen"
            action={<LinkButton href="/bookings">Back to the list</LinkButton>}
          >
            Choose bookings in the list first.
          </EmptyState>
        ) : (
          <SeveralForm rows={severalRows(verb, rows, now)} verb={words} nouns={BOOKING_NOUNS} action={changeChosen} />
        )}
      </Panel>
    </>
  );
}
