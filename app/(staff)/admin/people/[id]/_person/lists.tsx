import { Badge } from '#components/ui/badge.tsx';
import { Money } from '#components/ui/money.tsx';
import { wordOf } from '#lib/base/words.ts';
import { LISTING_WORDS } from '#lib/catalogue/listing.ts';
import { PAYOUT_NAMES } from '#lib/payments/payout-state.ts';
import { failureSentence, TOP_UP_WORDS } from '#lib/payments/top-up.ts';
import { DISPUTE_WORDS } from '#lib/trust/dispute.ts';
import type { PersonFile } from '#lib/trust/queries/person-file.ts';
import { CAUSE_WORDS, REPORT_WORDS } from '#lib/trust/report.ts';
import { FLAG_WORDS, RULE_NAMES } from '#lib/trust/risk.ts';
import { transferWords } from '../../../books/words.ts';
import { RowList } from './row-list.tsx';

/** What of a person is a list: sessions, money, machines, payouts, cases, notices. */
export function PersonLists({ person, now }: { person: PersonFile; now: Date }) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-2">
      <RowList
        id="sign-ins"
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
        id="payments"
        title="Movements of money"
        none="No money moved."
        rows={person.movements.map((row) => ({
          id: row.id,
          href: `/admin/books/transfers/${row.id}`,
          title: transferWords(row.kind),
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
          title: wordOf(TOP_UP_WORDS, row.state),
          line: row.failure === null ? undefined : failureSentence(row.failure),
          at: row.createdAt,
          aside: <Money micros={row.amountMicros} />,
        }))}
      />
      <RowList
        id="machines"
        title="Machines"
        none="No machine."
        all={`/admin/machines?q=${encodeURIComponent(person.name)}`}
        rows={person.hosting.map((row) => ({
          id: row.id,
          href: `/admin/machines/${row.id}`,
          title: row.name,
          line: row.retired ? 'retired' : `listing: ${wordOf(LISTING_WORDS, row.listing)}`,
          at: person.createdAt,
        }))}
      />
      <RowList
        title="Payouts"
        none="Never paid out."
        rows={person.payouts.map((row) => ({
          id: row.id,
          href: row.hold === 'held' ? `/admin/queues/payouts?case=${row.id}` : `/admin/books/transfers?cause=${row.id}`,
          title: row.hold === 'held' ? 'on hold' : wordOf(PAYOUT_NAMES, row.state),
          at: row.createdAt,
          aside: <Money micros={row.amountMicros} />,
        }))}
      />
      <RowList
        id="cases"
        title="Disputes"
        none="None."
        rows={person.disputes.map((row) => ({
          id: row.id,
          href: `/disputes/${row.id}`,
          title: row.booking,
          line: `${wordOf(DISPUTE_WORDS, row.state)}, as ${row.as}`,
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
          title: wordOf(CAUSE_WORDS, row.cause),
          line: `${row.by ? 'by them' : 'about them'}, ${wordOf(REPORT_WORDS, row.state)}`,
          at: row.openedAt,
        }))}
      />
      <RowList
        title="Flags"
        none="Never looked risky."
        rows={person.flags.map((row) => ({
          id: row.id,
          href: `/admin/queues/sign-ups?case=${row.id}`,
          title: row.rules.map((rule) => wordOf(RULE_NAMES, rule)).join(', '),
          line: `${wordOf(FLAG_WORDS, row.state)}${row.decision === null ? '' : `: ${row.decision}`}`,
          at: row.flaggedAt,
        }))}
      />
      <RowList
        id="notices"
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
