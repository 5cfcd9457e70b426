import type { Metadata } from 'next';
import { cache } from 'react';
import { requireAdminPage } from '#app/_edge/actor.ts';
import { seen } from '#app/_edge/seen.ts';
import { Badge } from '#components/ui/badge.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { FactList } from '#components/ui/fact-list.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { Money } from '#components/ui/money.tsx';
import { OnThisPage } from '#components/ui/on-this-page.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { theWorld } from '#lib/base/time.ts';
import { shortName, wordOf } from '#lib/base/words.ts';
import { auditTrail } from '#lib/trust/queries/audit.ts';
import { personFile } from '#lib/trust/queries/person-file.ts';
import { findRentals } from '#lib/trust/queries/rentals.ts';
import { suspensionFacts } from '#lib/trust/queries/suspension.ts';
import { suspensionEffects } from '#lib/trust/suspension.ts';
import { AuditTable } from '../../audit-table.tsx';
import { RentalTable } from '../../rental-table.tsx';
import { PersonLists } from './_person/lists.tsx';
import { StandingActions } from './_person/standing-actions.tsx';

type Route = { params: Promise<{ id: string }> };

/** Read once for a request: the title of the page is their name, too. */
const load = cache(async (id: string) => seen(personFile(await requireAdminPage(), id)));

export async function generateMetadata({ params }: Route): Promise<Metadata> {
  return { title: shortName((await load((await params).id)).name) };
}

/** Their own accounts, as they call them. */
const ACCOUNT_WORDS: Readonly<Record<string, string>> = {
  renterWallet: 'Wallet',
  renterHolds: 'Held for bookings',
  hostPayable: 'Owed as a host',
  hostReserve: 'Reserve',
};

const BOOKINGS_SHOWN = 10;
const EVENTS_SHOWN = 20;

const PARTS = [
  { id: 'account', label: 'Account and money' },
  { id: 'bookings', label: 'Bookings' },
  { id: 'sign-ins', label: 'Sign-ins' },
  { id: 'payments', label: 'Payments' },
  { id: 'machines', label: 'Machines and payouts' },
  { id: 'cases', label: 'Cases' },
  { id: 'notices', label: 'Notices' },
  { id: 'history', label: 'What happened' },
] as const;

export default async function PersonPage({ params }: Route) {
  const actor = await requireAdminPage();
  const { id } = await params;
  const now = theWorld.now();
  const person = await load(id);
  const [rentals, trail, touched] = await Promise.all([
    findRentals(actor, { text: '', live: false, userId: id, take: BOOKINGS_SHOWN }),
    auditTrail(actor, { about: id, byPeople: false, take: EVENTS_SHOWN }),
    suspensionFacts(actor, id, now),
  ]);
  const flag = person.flags.find(({ state }) => state === 'open');
  return (
    <>
      <PageHeader
        title={person.name}
        trail={[{ href: '/admin/people', label: 'People' }]}
        badges={
          <>
            {person.role === 'admin' && <Badge tone="accent">admin</Badge>}
            {person.suspendedAt !== null && <Badge tone="bad">suspended</Badge>}
            {flag !== undefined && <Badge tone="warn">looks risky</Badge>}
            {person.demo && <Badge>demo</Badge>}
          </>
        }
        lede={person.email}
        actions={
          <StandingActions person={person} effects={suspensionEffects(touched)} own={person.id === actor.userId} />
        }
      />
      <OnThisPage parts={PARTS} />
      <div className="space-y-6">
        {person.suspendedAt !== null && (
          <Callout tone="bad" title="Suspended">
            {person.suspendedReason} · <TimeAgo at={person.suspendedAt} />
          </Callout>
        )}
        {flag !== undefined && (
          <Callout
            tone="warn"
            title="This account looks risky"
            action={
              <LinkButton size="sm" href={`/admin/queues/sign-ups?case=${flag.id}`}>
                Decide
              </LinkButton>
            }
          >
            Until somebody decides it spends little, and its payouts wait.
          </Callout>
        )}
        <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-2">
          <Panel id="account" title="Account">
            <FactList
              facts={[
                { label: 'Id', value: <span className="break-all font-mono text-xs">{person.id}</span> },
                { label: 'E-mail confirmed', value: person.confirmed ? 'yes' : 'no' },
                { label: 'Second step', value: person.twoStep ? 'on' : 'off' },
                { label: 'Joined', value: <TimeAgo at={person.createdAt} /> },
                { label: 'Terms', value: person.termsVersion },
                { label: 'SSH keys', value: person.sshKeys },
                { label: 'Saved cards', value: person.savedCards },
              ]}
            />
          </Panel>
          <Panel title="Money and what they have">
            <FactList
              facts={[
                ...person.accounts.map((account) => ({
                  label: wordOf(ACCOUNT_WORDS, account.kind),
                  value: <Money micros={account.balanceMicros} />,
                })),
                { label: 'Running rentals', value: touched.rentals },
                { label: 'Rented on their machines', value: touched.hosted },
                { label: 'Published listings', value: touched.listings },
                { label: 'Machines', value: person.machines },
                { label: 'Rentals ever', value: person.rentals },
              ]}
            />
          </Panel>
        </div>
        <Panel
          id="bookings"
          title="Bookings as renter or host"
          flush
          actions={
            rentals.next !== null && (
              <LinkButton size="sm" variant="ghost" href={`/admin/bookings?q=${encodeURIComponent(person.name)}`}>
                All of them
              </LinkButton>
            )
          }
        >
          <RentalTable rows={rentals.rows} />
        </Panel>
        <PersonLists person={person} now={now} />
        <Panel
          id="history"
          title="What happened"
          flush
          actions={
            <LinkButton size="sm" variant="ghost" href={`/admin/audit?about=${person.id}`}>
              All of it
            </LinkButton>
          }
        >
          <AuditTable rows={trail.rows} />
        </Panel>
      </div>
    </>
  );
}
