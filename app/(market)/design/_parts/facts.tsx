import { Badge } from '#components/ui/badge.tsx';
import { Td, Th } from '#components/ui/cells.tsx';
import { FactGroups } from '#components/ui/fact-list.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { Meter } from '#components/ui/meter.tsx';
import { Money } from '#components/ui/money.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SimulatedBadge } from '#components/ui/simulated-badge.tsx';
import { Stat, Stats } from '#components/ui/stat.tsx';
import { SortTh, Table } from '#components/ui/table.tsx';
import { Tabs } from '#components/ui/tabs.tsx';
import { Part } from './part.tsx';

const OFFERS = [
  {
    model: '8 × RTX 4090',
    where: 'Croatia',
    vram: 24,
    used: 18.2,
    micros: 346_250n,
    trust: 'self-tested',
    simulated: true,
  },
  {
    model: '1 × RTX 5090',
    where: 'Hungary',
    vram: 32,
    used: 2,
    micros: 480_000n,
    trust: 'checked by staff',
    simulated: true,
  },
  { model: '2 × H100 SXM', where: 'Thailand', vram: 80, used: 71, micros: 1_865_000n, trust: 'new', simulated: false },
] as const;

export function FactParts() {
  return (
    <Part title="Facts and figures">
      <Stats>
        <Stat label="Balance" value={<Money micros={42_180_000n} />} hint="Lasts 2 d 4 h at the present rate" />
        <Stat label="Spending" value={<Money micros={812_500n} per="hour" />} hint="3 bookings" />
        <Stat label="This month" value={<Money micros={118_042_113n} cents />} />
        <Stat label="Reliability" value="99.94 %" hint="Of the last 30 days" />
      </Stats>
      <Panel
        flush
        title="Offers"
        description="Three of 312"
        actions={
          <LinkButton href="#main" size="sm">
            Copy link
          </LinkButton>
        }
      >
        <Tabs
          label="Views of the offers"
          className="px-2 sm:px-3"
          tabs={[
            { href: '#a', label: 'Table', current: true, count: 312 },
            { href: '#b', label: 'Map' },
            { href: '#c', label: 'Compare', count: 2 },
          ]}
        />
        <Table caption="Example offers">
          <thead>
            <tr>
              <Th>Machine</Th>
              <Th>Where</Th>
              <Th>Trust</Th>
              <Th>VRAM in use</Th>
              <SortTh href="#price" sorted="ascending" numeric>
                GPU-hour
              </SortTh>
              <SortTh href="#total" numeric>
                10 hours
              </SortTh>
            </tr>
          </thead>
          <tbody>
            {OFFERS.map((offer) => (
              <tr key={offer.model} className="hover:bg-hover">
                <Th scope="row" className="whitespace-nowrap">
                  {offer.model} {offer.simulated && <SimulatedBadge className="ml-1.5" />}
                </Th>
                <Td>{offer.where}</Td>
                <Td>
                  <Badge tone={offer.trust === 'new' ? 'neutral' : 'good'}>{offer.trust}</Badge>
                </Td>
                <Td>
                  <Meter
                    bare
                    label={`VRAM of ${offer.model}`}
                    value={offer.used}
                    max={offer.vram}
                    valueText={`${offer.used} of ${offer.vram} GiB`}
                    className="w-28"
                  />
                </Td>
                <Td numeric>
                  <Money micros={offer.micros} />
                </Td>
                <Td numeric>
                  <Money micros={offer.micros * 10n} />
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
        <div className="border-line border-t px-4 sm:px-5">
          <Pagination label="Pages of example offers" nextHref="#next" shown="1–3 of 312" />
        </div>
      </Panel>
      <Panel title="One machine" footer="The host’s price is what you pay; the fee is part of it.">
        <FactGroups
          groups={[
            {
              title: 'Compute',
              facts: [
                { label: 'GPU', value: '2 × H100 SXM' },
                { label: 'VRAM', value: '2 × 79.6 GiB' },
                { label: 'CPU', value: '26 of 104 threads' },
                { label: 'Memory', value: '240 GiB' },
              ],
            },
            {
              title: 'Host',
              facts: [
                { label: 'Place', value: 'Thailand' },
                { label: 'Reliability', value: '99.94 %', hint: '28 d 14 h seen' },
                { label: 'Network', value: '2.1 Gbit/s down' },
                { label: 'Disk', value: '3.4 GB/s' },
              ],
            },
            {
              title: 'Terms',
              facts: [
                { label: 'Price', value: <Money micros={1_865_000n} per="GPU-hour" /> },
                { label: 'of which fee', value: <Money micros={186_500n} /> },
                { label: 'While stopped', value: <Money micros={95_000n} per="GiB-month" /> },
                { label: 'Free until', value: '14 Dec 2026, 09:00 UTC' },
              ],
            },
          ]}
        />
      </Panel>
    </Part>
  );
}
