import { requireAdminPage } from '#app/_edge/actor.ts';
import { seen } from '#app/_edge/seen.ts';
import { Badge } from '#components/ui/badge.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { FactList } from '#components/ui/fact-list.tsx';
import { TextareaField } from '#components/ui/form-fields.tsx';
import { Money } from '#components/ui/money.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { auditTrail } from '#lib/trust/queries/audit.ts';
import { personView } from '#lib/trust/queries/people.ts';
import { findRentals } from '#lib/trust/queries/rentals.ts';
import { AuditTable } from '../../audit-table.tsx';
import { RentalTable } from '../../rental-table.tsx';
import { restore, suspend } from './actions.ts';

export const metadata = { title: 'Person' };

const ACCOUNT_WORDS: Record<string, string> = {
  renterWallet: 'Wallet',
  renterHolds: 'Held for bookings',
  hostPayable: 'Owed as a host',
  hostReserve: 'Reserve',
  disputed: 'Disputed',
};

export default async function PersonPage({ params }: { params: Promise<{ id: string }> }) {
  const actor = await requireAdminPage();
  const { id } = await params;
  const person = await seen(personView(actor, id));
  const [rentals, trail] = await Promise.all([
    findRentals(actor, { text: '', live: false, userId: id }),
    auditTrail(actor, { about: id, byPeople: false }),
  ]);
  return (
    <>
      <PageHeader
        title={person.name}
        trail={[{ href: '/admin/people', label: 'People' }]}
        badges={
          <>
            {person.role === 'admin' && <Badge tone="accent">admin</Badge>}
            {person.suspendedAt !== null && <Badge tone="bad">suspended</Badge>}
          </>
        }
        lede={person.email}
        actions={
          person.suspendedAt === null ? (
            <ConfirmDialog
              trigger="Suspend…"
              title={`Suspend ${person.name}?`}
              consequences={[
                'They can look, stop and end rentals, but book, list and top up nothing.',
                'Running rentals go on.',
                'They are told, with your reason.',
              ]}
              action={suspend}
              hidden={{ userId: person.id }}
              confirmLabel="Suspend"
              disabledReason={person.id === actor.userId ? 'This is your own account' : null}
            >
              <TextareaField name="reason" label="Reason" required maxLength={500} />
            </ConfirmDialog>
          ) : (
            <ConfirmDialog
              trigger="Restore…"
              variant="primary"
              title={`Restore ${person.name}?`}
              consequences={['The account works again as before.', 'They are told, with your reason.']}
              action={restore}
              hidden={{ userId: person.id }}
              confirmLabel="Restore"
            >
              <TextareaField name="reason" label="Reason" required maxLength={500} />
            </ConfirmDialog>
          )
        }
      />
      {person.suspendedAt !== null && (
        <Callout tone="bad" title="Suspended">
          {person.suspendedReason} · <TimeAgo at={person.suspendedAt} />
        </Callout>
      )}
      <Panel title="Facts">
        <FactList
          facts={[
            { label: 'Id', value: <span className="break-all font-mono text-xs">{person.id}</span> },
            { label: 'E-mail confirmed', value: person.confirmed ? 'yes' : 'no' },
            { label: 'Joined', value: <TimeAgo at={person.createdAt} /> },
            { label: 'Machines', value: person.machines },
            ...person.accounts.map((account) => ({
              label: ACCOUNT_WORDS[account.kind] ?? account.kind,
              value: <Money micros={account.balanceMicros} />,
            })),
          ]}
        />
      </Panel>
      <Panel title="Bookings as renter or host" flush>
        <RentalTable rows={rentals.rows} />
      </Panel>
      <Panel title="What happened" flush>
        <AuditTable rows={trail.rows} />
      </Panel>
    </>
  );
}
