'use client';

import { type ReactNode, useState } from 'react';
import { EnvironmentField } from '#components/booking/environment-field.tsx';
import { ActionForm } from '#components/ui/action-form.tsx';
import { CheckboxField, RadioCardsField } from '#components/ui/choice-fields.tsx';
import { InputField, SelectField } from '#components/ui/form-fields.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { formatDollars, parseDollars } from '#lib/base/money.ts';
import type { TrustTier } from '#lib/catalogue/machine.ts';
import { LEAST_TRUST_LABELS } from '#lib/catalogue/machine.ts';
import { bid } from '../actions.ts';

type BidFormProps = {
  options: readonly { readonly value: string; readonly label: string }[];
  typed: { readonly place: string; readonly gpus: string; readonly trust: TrustTier };
  presets: readonly { readonly image: string; readonly label: string; readonly description: string }[];
  /** Some machines that take bids are simulated. */
  simulated: boolean;
  idempotencyKey: string;
  /** The dearest disk of the machines that take bids, per GiB-month, as decimal text. */
  diskMicros: string;
  whyNot: string | null;
  /** This market can keep variables until a bid wins. */
  keepsVariables: boolean;
  /** The odds, beside what is typed. */
  children: ReactNode;
};

/** Everything that a bid is made of, with what it may cost beside it. */
export function BidForm({
  options,
  typed,
  presets,
  simulated,
  idempotencyKey,
  diskMicros,
  whyNot,
  keepsVariables,
  children,
}: BidFormProps) {
  const [amounts, setAmounts] = useState({ gpus: typed.gpus, bid: '', disk: '16' });
  return (
    <ActionForm action={bid} aria-label="Bid">
      <input type="hidden" name="idempotencyKey" value={idempotencyKey} />
      <div
        className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,22rem)]"
        onInput={(event) => {
          const { name, value } = event.target as HTMLInputElement;
          if (name in amounts) setAmounts((before) => ({ ...before, [name]: value }));
        }}
      >
        <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
          <Panel title="What you bid for">
            <div className="grid grid-cols-[minmax(0,1fr)] gap-x-4 gap-y-5 sm:grid-cols-2">
              <SelectField name="place" label="Machine" defaultValue={typed.place} className="sm:col-span-2">
                {options.map(({ value, label }) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </SelectField>
              <InputField
                name="bid"
                label="Your bid"
                before="$"
                after="per GPU-hour"
                inputMode="decimal"
                autoComplete="off"
                required
                hint="The most you pay. What it is worth to you is the best bid."
              />
              <InputField
                name="gpus"
                label="GPUs"
                inputMode="numeric"
                autoComplete="off"
                required
                defaultValue={typed.gpus}
                hint="All of one machine, all or none."
              />
              <InputField
                name="disk"
                label="Disk"
                after="GiB"
                inputMode="decimal"
                autoComplete="off"
                required
                defaultValue="16"
                hint="Kept, at its price, while it is interrupted."
              />
              <InputField
                name="where"
                label="Where"
                optional
                placeholder="anywhere"
                autoComplete="off"
                autoCapitalize="off"
                spellCheck={false}
                hint="Europe, or codes like DE, US."
              />
              <SelectField
                name="trust"
                label="Checked"
                defaultValue={typed.trust}
                hint="Unverified: staff let it be offered although its self-test has not passed."
              >
                <option value="selfTested">{LEAST_TRUST_LABELS.selfTested}</option>
                <option value="checkedByStaff">{LEAST_TRUST_LABELS.checkedByStaff}</option>
                <option value="new">{LEAST_TRUST_LABELS.new}</option>
              </SelectField>
              <InputField
                name="cap"
                label="Spending cap"
                before="$"
                inputMode="decimal"
                optional
                placeholder="none"
                autoComplete="off"
                hint="Over all of its rentals, less what comes back. All of it is set aside when it starts."
              />
              {simulated && (
                <CheckboxField
                  name="simulatedToo"
                  label="Simulated machines will do"
                  hint="Nothing is computed on them."
                />
              )}
            </div>
          </Panel>
          <Panel title="What runs">
            <div className="group/image space-y-5 [&_fieldset_label:last-child:nth-child(odd)]:sm:col-span-2">
              <RadioCardsField
                name="image"
                legend="Image"
                columns={2}
                defaultValue={presets[0]?.image ?? 'other'}
                options={[
                  ...presets.map(({ image, label, description }) => ({ value: image, title: label, description })),
                  { value: 'other', title: 'Another image', description: 'From any public registry.' },
                ]}
              />
              <div className="hidden group-has-[input[value=other]:checked]/image:block">
                <InputField
                  name="other"
                  label="Name of the image"
                  placeholder="ghcr.io/owner/name:tag"
                  autoComplete="off"
                  autoCapitalize="off"
                  spellCheck={false}
                  className="[&_input]:font-mono"
                />
              </div>
              <InputField
                name="name"
                label="Name of the bid"
                optional
                autoComplete="off"
                hint="Taken from the image when empty."
              />
              <InputField
                name="command"
                label="Command"
                optional
                placeholder="python train.py --resume"
                autoComplete="off"
                autoCapitalize="off"
                spellCheck={false}
                className="[&_input]:font-mono"
                hint="It gets SIGTERM when it yields, and is started again when the rental goes on. Empty: you get a shell."
              />
              {keepsVariables && (
                <EnvironmentField hint="A bid has no machine yet: while it is open this market keeps them encrypted under a key of its own, so whoever operates it could read them, and seals them to each machine that it gets, whose host can read them. A booking's are sealed at once." />
              )}
            </div>
          </Panel>
        </div>
        <div className="grid grid-cols-[minmax(0,1fr)] gap-6 lg:sticky lg:top-20">
          <Panel title="What it may cost">
            <Costs {...amounts} diskMicros={BigInt(diskMicros)} />
            <SubmitButton size="lg" className="mt-4 w-full" pendingLabel="Bidding…" disabledReason={whyNot}>
              Bid
            </SubmitButton>
            <p className="mt-3 text-muted text-xs">Nothing is set aside until it starts.</p>
          </Panel>
          <Panel title="It would have run" description="How much of the past week, by the bid per GPU-hour.">
            {children}
          </Panel>
        </div>
      </div>
    </ActionForm>
  );
}

function Costs({ gpus, bid, disk, diskMicros }: { gpus: string; bid: string; disk: string; diskMicros: bigint }) {
  const micros = parseDollars(bid.trim().replace(/^\$/, ''));
  const count = /^\s*\d{1,2}\s*$/.test(gpus) ? BigInt(gpus.trim()) : undefined;
  const gibibytes = /^\s*\d{1,5}\s*$/.test(disk) ? BigInt(disk.trim()) : undefined;
  if (micros === undefined || count === undefined)
    return <p className="text-muted text-sm">Write a bid and a number of GPUs.</p>;
  const hour = micros * count;
  return (
    <dl className="tabular space-y-1 text-sm">
      <Line label="An hour, at most" value={formatDollars(hour)} />
      <Line label="A day without a break, at most" value={formatDollars(hour * 24n)} />
      {gibibytes !== undefined && (
        <Line label="Its disk a day, at most" value={formatDollars((gibibytes * diskMicros) / 30n)} />
      )}
      <p className="pt-1 text-muted text-xs">You pay the clearing price, which is your bid at most.</p>
    </dl>
  );
}

function Line({ label, value }: { label: string; value: string }) {
  return (
    <div className="flex justify-between gap-4">
      <dt className="text-muted">{label}</dt>
      <dd className="font-medium">{value}</dd>
    </div>
  );
}
