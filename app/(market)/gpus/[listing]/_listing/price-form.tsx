'use client';

import { type FormEvent, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Input, Select } from '#components/ui/controls.tsx';
import { Field } from '#components/ui/field.tsx';
import { Money } from '#components/ui/money.tsx';
import { BYTES_PER_GIB, diskCharge, gpuCharge, SECONDS_PER_HOUR } from '#protocol/charge.ts';

type PriceFormProps = {
  listingId: string;
  /** How many GPUs may be chosen. */
  counts: readonly number[];
  /** Decimal text, as bigints do not travel. */
  priceMicrosPerGpuHour: string;
  diskPriceMicrosPerGibMonth: string;
  note: React.ReactNode;
};

const DAY_SECONDS = 86_400n;

/** What so many GPUs cost for so long, while it is typed; without scripts it goes to the page that says every line. */
export function PriceForm({ listingId, counts, note, ...prices }: PriceFormProps) {
  const [typed, setTyped] = useState({ gpus: String(counts[0] ?? 1), hours: '', disk: '16' });
  const gpuPrice = BigInt(prices.priceMicrosPerGpuHour);
  const diskPrice = BigInt(prices.diskPriceMicrosPerGibMonth);
  const gpus = BigInt(counts.includes(Number(typed.gpus)) ? typed.gpus : (counts[0] ?? 1));
  const gib = wholeOf(typed.disk, 1, 16_384) ?? 16;
  const diskBytes = BigInt(gib) * BYTES_PER_GIB;
  const costOf = (seconds: bigint) => gpuCharge(gpuPrice, gpus * seconds) + diskCharge(diskPrice, diskBytes * seconds);
  const seconds = secondsOf(typed.hours);
  const perHour = costOf(SECONDS_PER_HOUR);

  function onInput(event: FormEvent<HTMLFormElement>) {
    const { name, value } = event.target as HTMLInputElement;
    if (name in typed) setTyped((before) => ({ ...before, [name]: value }));
  }

  return (
    <form method="get" action={`/gpus/${listingId}/book`} onInput={onInput} className="mt-4 space-y-3">
      <div className="grid grid-cols-2 gap-3">
        <Field label="GPUs" id="gpus">
          {(aria) => (
            <Select name="gpus" defaultValue={counts[0]} {...aria}>
              {counts.map((count) => (
                <option key={count} value={count}>
                  {count}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label="Hours" id="hours" optional>
          {(aria) => <Input name="hours" inputMode="decimal" autoComplete="off" placeholder="open" {...aria} />}
        </Field>
      </div>
      <Field label="Disk" id="disk">
        {(aria) => <Input name="disk" inputMode="numeric" autoComplete="off" defaultValue="16" after="GiB" {...aria} />}
      </Field>
      <dl aria-live="polite" className="divide-y divide-line border-line border-y text-sm">
        <Line what="An hour" hint="GPUs and disk" micros={perHour} />
        {seconds === null ? (
          <Line what="A day" hint="if it runs all day" micros={costOf(DAY_SECONDS)} />
        ) : (
          <Line what={`${typed.hours.trim()} hours`} hint="in all" micros={costOf(seconds)} strong />
        )}
        {gpus > 1n && <Line what="A GPU-hour" hint="disk and fee included" micros={perHour / gpus} />}
        <Line what="A day while stopped" hint="only the disk" micros={diskCharge(diskPrice, diskBytes * DAY_SECONDS)} />
      </dl>
      {note}
      <Button type="submit" variant="primary" size="lg" className="w-full">
        See the whole price
      </Button>
      <p className="text-muted text-xs">Nothing is booked yet. The next page shows every line before you decide.</p>
    </form>
  );
}

function Line({ what, hint, micros, strong }: { what: string; hint: string; micros: bigint; strong?: boolean }) {
  return (
    <div className="flex items-baseline justify-between gap-3 py-1.5">
      <dt className={strong ? 'min-w-0 font-semibold' : 'min-w-0'}>
        {what} <span className="font-normal text-muted text-xs">{hint}</span>
      </dt>
      <dd className="shrink-0">
        <Money micros={micros} className={strong ? 'font-semibold text-lg' : ''} />
      </dd>
    </div>
  );
}

/** Hours as typed, in whole seconds; null when there are none, or what was typed is no number of hours. */
function secondsOf(hours: string): bigint | null {
  const read = Number(hours.trim().replace(',', '.'));
  return hours.trim() === '' || !(read > 0 && read <= 720) ? null : BigInt(Math.round(read * 3_600));
}

function wholeOf(text: string, least: number, most: number): number | null {
  const read = Number(text.trim());
  return Number.isInteger(read) && read >= least && read <= most ? read : null;
}
