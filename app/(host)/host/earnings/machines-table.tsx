import { Badge } from '#components/ui/badge.tsx';
import { Td, Th } from '#components/ui/cells.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { LongName } from '#components/ui/long-name.tsx';
import { Meter } from '#components/ui/meter.tsx';
import { Money } from '#components/ui/money.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SimulatedBadge } from '#components/ui/simulated-badge.tsx';
import { Table } from '#components/ui/table.tsx';
import { formatBasisPoints } from '#lib/catalogue/quantity.ts';
import { type EarningLine, type EarningMachine, type Earnings, spanWords } from '#lib/receipts/earnings.ts';

type Row = Earnings['machines'][number];

/** The same sums for each machine. */
export function MachinesTable({ earnings }: { earnings: Earnings }) {
  const { machines, total } = earnings;
  const contested = machines.some((row) => row.contestedMicros !== 0n);
  return (
    <Panel flush title="Per machine" description={spanWords(earnings.span)}>
      {machines.length === 0 ? (
        <EmptyState kind="none" title="No machine earned or was offered then">
          Choose other months.
        </EmptyState>
      ) : (
        <>
          <ul className="border-line border-t md:hidden">
            {machines.map((row) => (
              <li key={row.machine.id} className="space-y-1.5 border-line border-b px-4 py-3 text-sm last:border-b-0">
                <div className="flex items-start justify-between gap-3">
                  <Name machine={row.machine} />
                  <Money micros={row.netMicros} className="shrink-0 font-semibold" />
                </div>
                <p className="text-muted">
                  <Money micros={row.grossMicros} /> gross · <Money micros={row.feeMicros} /> fee
                  {row.refundedMicros > 0n && (
                    <>
                      {' · '}
                      <Money micros={row.refundedMicros} /> refunds
                    </>
                  )}
                  {row.contestedMicros !== 0n && (
                    <>
                      {' · '}
                      <Money micros={row.contestedMicros} /> contested
                    </>
                  )}
                  {' · '}
                  {row.rentals} {row.rentals === 1 ? 'rental' : 'rentals'}
                </p>
                <Occupancy row={row} />
              </li>
            ))}
          </ul>
          <div className="hidden md:block">
            <Table caption="Earnings per machine">
              <thead>
                <tr>
                  <Th>Machine</Th>
                  <Th numeric>Rentals</Th>
                  <Th numeric>Gross</Th>
                  <Th numeric>Fee</Th>
                  <Th numeric>Refunds</Th>
                  {contested && <Th numeric>Contested</Th>}
                  <Th numeric>Net</Th>
                  <Th>Occupancy</Th>
                </tr>
              </thead>
              <tbody>
                {machines.map((row) => (
                  <tr key={row.machine.id}>
                    <Th scope="row" className="max-w-52">
                      <Name machine={row.machine} />
                    </Th>
                    <Sums row={row} contested={contested} />
                    <Td className="min-w-24">
                      <Occupancy row={row} />
                    </Td>
                  </tr>
                ))}
              </tbody>
              {machines.length > 1 && (
                <tfoot className="[&_*]:border-b-0 [&_tr>*]:border-line [&_tr>*]:border-t">
                  <tr>
                    <Th scope="row">All</Th>
                    <Sums row={total} contested={contested} />
                    <Td>
                      <Occupancy row={total} />
                    </Td>
                  </tr>
                </tfoot>
              )}
            </Table>
          </div>
        </>
      )}
    </Panel>
  );
}

function Sums({ row, contested }: { row: EarningLine; contested: boolean }) {
  return (
    <>
      <Td numeric>{row.rentals}</Td>
      <Td numeric>
        <Money micros={row.grossMicros} />
      </Td>
      <Td numeric>
        <Money micros={row.feeMicros} />
      </Td>
      <Td numeric>
        <Money micros={row.refundedMicros} />
      </Td>
      {contested && (
        <Td numeric>
          <Money micros={row.contestedMicros} />
        </Td>
      )}
      <Td numeric>
        <Money micros={row.netMicros} className="font-semibold" />
      </Td>
    </>
  );
}

function Name({ machine }: { machine: EarningMachine }) {
  return (
    <span className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-0.5">
      <LongName
        href={`/host/machines/${machine.id}`}
        name={machine.name}
        className="inline-block min-h-6 min-w-6 font-medium leading-6 hover:underline"
      />
      {machine.simulated && <SimulatedBadge />}
      {machine.retired && <Badge>retired</Badge>}
    </span>
  );
}

function Occupancy({ row }: { row: EarningLine | Row }) {
  if (row.occupancyBasisPoints === null) return <span className="text-muted text-xs">not offered</span>;
  const words = formatBasisPoints(row.occupancyBasisPoints);
  return (
    <span className="flex items-center gap-2">
      <Meter
        bare
        className="w-16 shrink-0"
        label={'machine' in row ? `Occupancy of ${row.machine.name}` : 'Occupancy of all'}
        value={row.occupancyBasisPoints}
        max={10_000}
        valueText={words}
      />
      <span className="tabular whitespace-nowrap text-sm">{words}</span>
    </span>
  );
}
