import { Badge } from '#components/ui/badge.tsx';
import { Money } from '#components/ui/money.tsx';
import { TRANSFER_KINDS, type TransferKind } from '#lib/ledger/transfer.ts';
import type { PersonFile } from '#lib/trust/queries/person-file.ts';
import { CAUSE_WORDS, type ReportCause } from '#lib/trust/report.ts';
import { RISK_WORDS, type RiskRule } from '#lib/trust/risk.ts';
import { RowList } from './row-list.tsx';

/** What of a person is a list: sessions, money, machines, payouts, cases, notices. */
export function PersonLists({ person, now }: { person: PersonFile; now: Date }) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-2">
      <RowList
        title="Sessions and tokens"
        none="Never signed in."
        rows={person.sessions.map((session) => {
          const over = session.revokedAt !== null || session.expiresAt <= now;
          return {
            id: session.id,
            title: session.label,
            line: `${session.kind === 'api' ? 'API token' : 'browser'}${session.ip === null ? '' : ` · ${session.ip}`}${session.twoStepAt === null ? '' : ' · both steps'}`,
            at: session.lastSeenAt,
            aside: over ? <Badge>over</Badge> : <Badge tone="good">live</Badge>,
          };
        })}
      />
      <RowList
        title="Sign-ins"
        none="None recorded."
        all={`/admin/audit?about=${person.id}&kind=session.begun`}
        rows={person.signIns.map(({ at, label }, index) => ({ id: String(index), title: label, at }))}
      />
      <RowList
        title="Movements of money"
        none="No money moved."
        rows={person.movements.map((row) => ({
          id: row.id,
          href: `/admin/books/transfers/${row.id}`,
          title: Object.hasOwn(TRANSFER_KINDS, row.kind) ? TRANSFER_KINDS[row.kind as TransferKind] : row.kind,
          at: row.at,
          aside: (
            <Money
              micros={person.accounts.some(({ id }) => id === row.from.id) ? -row.amountMicros : row.amountMicros}
              signed
            />
          ),
        }))}
      />
      <RowList
        title="Payments in"
        none="Never paid in."
        rows={person.topUps.map((row) => ({
          id: row.id,
          title: row.state,
          line: row.failure ?? undefined,
          at: row.createdAt,
          aside: <Money micros={row.amountMicros} />,
        }))}
      />
      <RowList
        title="Machines"
        none="No machine."
        all={`/admin/machines?q=${encodeURIComponent(person.name)}`}
        rows={person.hosting.map((row) => ({
          id: row.id,
          href: `/admin/machines/${row.id}`,
          title: row.name,
          line: row.retired ? 'retired' : `listing: ${row.listing}`,
          at: person.createdAt,
        }))}
      />
      <RowList
        title="Payouts"
        none="Never paid out."
        rows={person.payouts.map((row) => ({
          id: row.id,
          href: row.hold === 'held' ? `/admin/queues/payouts?case=${row.id}` : `/admin/books/transfers?cause=${row.id}`,
          title: row.hold === 'held' ? 'on hold' : row.state,
          at: row.createdAt,
          aside: <Money micros={row.amountMicros} />,
        }))}
      />
      <RowList
        title="Disputes"
        none="None."
        rows={person.disputes.map((row) => ({
          id: row.id,
          href: `/disputes/${row.id}`,
          title: row.booking,
          line: `${row.state}, as ${row.as}`,
          at: row.openedAt,
          aside: <Money micros={row.amountMicros} />,
        }))}
      />
      <RowList
        title="Reports"
        none="None, by or about them."
        rows={person.reports.map((row) => ({
          id: row.id,
          href: `/admin/queues/reports?case=${row.id}`,
          title: CAUSE_WORDS[row.cause as ReportCause] ?? row.cause,
          line: `${row.by ? 'by them' : 'about them'}, ${row.state}`,
          at: row.openedAt,
        }))}
      />
      <RowList
        title="Flags"
        none="Never looked risky."
        rows={person.flags.map((row) => ({
          id: row.id,
          href: `/admin/queues/sign-ups?case=${row.id}`,
          title: row.rules.map((rule) => RISK_WORDS[rule as RiskRule]?.name ?? rule).join(', '),
          line: row.decision === null ? row.state : `${row.state}: ${row.decision}`,
          at: row.flaggedAt,
        }))}
      />
      <RowList
        title="Notices"
        none="Never told anything."
        rows={person.notices.map((row) => ({
          id: row.id,
          title: row.title,
          line: row.readAt === null ? 'not read' : undefined,
          at: row.createdAt,
        }))}
      />
    </div>
  );
}
