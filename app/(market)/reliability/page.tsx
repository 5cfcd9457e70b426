import type { Metadata } from 'next';
import { TrustBadge } from '#components/machine/trust-badge.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { LATE_AFTER_SECONDS, OFFLINE_AFTER_SECONDS, TRUST_TIER_MEANINGS, TRUST_TIERS } from '#lib/catalogue/machine.ts';
import { formatBasisPoints } from '#lib/catalogue/quantity.ts';
import { reliability } from '#lib/catalogue/reliability.ts';
import { SYNC_HOLD_SECONDS } from '#protocol/agent.ts';

export const metadata: Metadata = { title: 'Reliability and checks' };

const NOW = new Date('2026-11-23T12:00:00.000Z');
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 86_400_000);

/** The examples are computed by the very function that the market uses. */
const EXAMPLES = [
  {
    label: 'Offered all month, silent once for 30 minutes',
    found: reliability(
      [{ startsAt: daysAgo(40), endsAt: null }],
      [{ startsAt: daysAgo(3), endsAt: new Date(daysAgo(3).getTime() + 1_800_000) }],
      NOW,
    ),
  },
  {
    label: 'Offered for 10 days, silent for one of them',
    found: reliability([{ startsAt: daysAgo(10), endsAt: null }], [{ startsAt: daysAgo(5), endsAt: daysAgo(4) }], NOW),
  },
  {
    label: 'Offered for 10 days, then withdrawn and switched off',
    found: reliability([{ startsAt: daysAgo(12), endsAt: daysAgo(2) }], [{ startsAt: daysAgo(2), endsAt: null }], NOW),
  },
  { label: 'Offered since this morning', found: reliability([{ startsAt: daysAgo(0.25), endsAt: null }], [], NOW) },
] as const;

export default function ReliabilityPage() {
  return (
    <>
      <PageHeader
        title="Reliability and checks"
        lede="Two things are said of every machine: how much of its offered time it could be reached, and what was checked of it. They are kept apart, and neither can be bought."
      />
      <div className="max-w-[48rem] space-y-6">
        <Panel title="Reliability">
          <div className="space-y-3">
            <p>
              <strong>The share of the last 30 days’ offered time in which the machine was reachable.</strong> Offered
              time is time in which its listing was published and visible. Reachable means that its agent answered the
              market.
            </p>
            <ul className="list-disc space-y-1 pl-5 marker:text-muted">
              <li>
                An agent answers at least every {SYNC_HOLD_SECONDS} seconds. After {LATE_AFTER_SECONDS} seconds without
                an answer a machine is <em>late</em>; after {OFFLINE_AFTER_SECONDS} seconds it is <em>offline</em>,
                takes no new booking, and its silence counts from its last answer.
              </li>
              <li>Time in which a machine was not offered counts neither for nor against it: a host may sleep.</li>
              <li>Time in which the market itself was away is nobody’s silence. Our outage is our own fault.</li>
              <li>A rental that its host breaks off counts like silence.</li>
              <li>Below 24 hours of offered time there is too little to judge by: the machine is “new”.</li>
              <li>The figure is rounded down: 100 % means not a second was missed.</li>
            </ul>
            <h3 className="pt-1 font-semibold text-sm">Worked out</h3>
            <dl className="divide-y divide-line text-sm">
              {EXAMPLES.map(({ label, found }) => (
                <div key={label} className="flex items-baseline justify-between gap-4 py-1.5">
                  <dt className="min-w-0 text-muted">{label}</dt>
                  <dd className="tabular whitespace-nowrap">
                    {found.state === 'new' ? 'new' : formatBasisPoints(found.basisPoints)}
                  </dd>
                </div>
              ))}
            </dl>
          </div>
        </Panel>
        <Panel title="What was checked">
          <ul className="space-y-3">
            {TRUST_TIERS.map((tier) => (
              <li key={tier} className="flex flex-wrap items-start gap-x-3 gap-y-1">
                <TrustBadge tier={tier} />
                <span className="min-w-0 flex-1 basis-64">{TRUST_TIER_MEANINGS[tier]}</span>
              </li>
            ))}
          </ul>
          <p className="mt-3 text-muted text-sm">
            A self-test is run by the host’s own machine. It finds what is broken, not who lies. That a GPU is the one
            it claims to be is not yet proved by making it compute.
          </p>
        </Panel>
        <Panel title="Simulated machines">
          <p>
            A demo market shows machines that come from recordings. They carry the word <em>simulated</em> wherever they
            are shown or returned, they compute nothing, and a search can leave them out.
          </p>
        </Panel>
      </div>
    </>
  );
}
