import { Button } from '#components/ui/button.tsx';
import { Select } from '#components/ui/controls.tsx';
import { Field } from '#components/ui/field.tsx';
import { Tabs } from '#components/ui/tabs.tsx';
import { type Month, monthName } from '#lib/base/month.ts';
import type { EarningSpan } from '#lib/receipts/earnings.ts';

const SPANS = [
  ['thisMonth', 'This month'],
  ['lastMonth', 'Last month'],
  ['all', 'All'],
] as const;

/** Which months are shown: three links for the usual, and a form for any others. `months` newest first. */
export function SpanChooser({ span, months }: { span: EarningSpan; months: readonly Month[] }) {
  return (
    <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
      <Tabs
        label="Span"
        tabs={SPANS.map(([name, label]) => ({
          href: name === 'thisMonth' ? '/host/earnings' : `/host/earnings?span=${name}`,
          label,
          current: span.name === name,
        }))}
      />
      <form method="get" className="flex flex-wrap items-end gap-2" aria-label="Months">
        <MonthSelect name="from" label="From" chosen={span.from} months={months} />
        <MonthSelect name="to" label="To" chosen={span.to} months={months} />
        <Button type="submit">Show</Button>
      </form>
    </div>
  );
}

type MonthSelectProps = { name: string; label: string; chosen: Month; months: readonly Month[] };

function MonthSelect({ name, label, chosen, months }: MonthSelectProps) {
  // A month that an address asks for is among the choices, whatever it is.
  const choices = months.includes(chosen) ? months : [chosen, ...months].sort().toReversed();
  return (
    <Field label={label} id={name}>
      {(aria) => (
        <Select name={name} defaultValue={chosen} key={chosen} {...aria}>
          {choices.map((month) => (
            <option key={month} value={month}>
              {monthName(month, 'short')}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
