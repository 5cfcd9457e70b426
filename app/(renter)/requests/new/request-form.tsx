'use client';

import { useEffect, useMemo, useState } from 'react';
import { StandingReportView } from '#components/request/standing-report.tsx';
import { ActionForm, useFormState } from '#components/ui/action-form.tsx';
import { RadioCardsField } from '#components/ui/choice-fields.tsx';
import { InputField, TextareaField } from '#components/ui/form-fields.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { unpack } from '#lib/base/pack.ts';
import type { StandingReport } from '#lib/bookings/standing-fit.ts';
import type { StandingTyped } from '#lib/bookings/standing-typed.ts';
import { request } from './actions.ts';
import type { RequestFormState, Told } from './request-state.ts';
import { WishFields } from './wish-fields.tsx';

type RequestFormProps = {
  typed: StandingTyped & {
    readonly image: string;
    readonly name: string;
    readonly command: string;
    readonly mode: string;
  };
  /** GPU models that the market has now. */
  models: readonly string[];
  images: readonly string[];
  hasKey: boolean;
  idempotencyKey: string;
  /** How what is filled in stands in the market, where enough is. */
  first: StandingReport | null;
};

/** Everything that a standing request is made of. One form: without scripts its buttons do the same. */
export function RequestForm(props: RequestFormProps) {
  return (
    <ActionForm action={request} aria-label="Standing request">
      <Inside {...props} />
    </ActionForm>
  );
}

function Inside({ typed, models, images, hasKey, idempotencyKey: given, first }: RequestFormProps) {
  const state = useFormState() as RequestFormState;
  const told = useMemo<Told>(() => (state.told === undefined ? {} : unpack<Told>(state.told)), [state]);
  const [idempotencyKey, setKey] = useState(given);
  // Coming back to this page is meant to ask anew.
  useEffect(() => setKey((key) => globalThis.crypto.randomUUID?.() ?? key), []);
  const report = told.report ?? first;
  const words = { gpus: typed.gpus, disk: typed.disk, hours: typed.hours, ...pickSizes(state.values) };
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,23rem)]">
      {/* The Enter key in a field presses the first button of a form: it looks and makes nothing. */}
      <button type="submit" name="intent" value="look" tabIndex={-1} aria-hidden className="sr-only">
        See what fits now
      </button>
      <input type="hidden" name="idempotencyKey" value={idempotencyKey} />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
        <WishFields typed={typed} models={models} />
        <Panel title="When there is a match">
          <RadioCardsField
            name="mode"
            legend="What then?"
            defaultValue={typed.mode}
            options={[
              {
                value: 'book',
                title: 'Book it',
                description:
                  'The cheapest match is booked at once, and you are told. Keep money in the wallet: nothing is set aside before.',
              },
              {
                value: 'notify',
                title: 'Tell me',
                description: 'You get a notice and book by hand. It is not kept for you.',
              },
              {
                value: 'ask',
                title: 'Ask hosts',
                description:
                  'Hosts whose machines could serve it see what you need and what you pay, not who you are, and answer with a price. You choose. Public offers are told, too.',
              },
            ]}
          />
        </Panel>
        <Panel
          title="What runs"
          description="A container of your own. Any image works: the ssh server comes with the machine."
        >
          <div className="grid grid-cols-[minmax(0,1fr)] gap-x-4 gap-y-5 sm:grid-cols-2">
            <InputField
              name="image"
              label="Image"
              required
              list="images"
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              defaultValue={typed.image}
              className="[&_input]:font-mono"
            />
            <datalist id="images">
              {images.map((image) => (
                <option key={image} value={image} />
              ))}
            </datalist>
            <InputField
              name="name"
              label="Name"
              optional
              autoComplete="off"
              defaultValue={typed.name}
              hint="For your own list."
            />
            <InputField
              name="command"
              label="Command"
              optional
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              placeholder="python train.py --epochs 3"
              defaultValue={typed.command}
              className="sm:col-span-2 [&_input]:font-mono"
              hint="Runs in place of the image's own program. Empty: you get a shell."
            />
          </div>
          <p className="mt-4 border-line border-t pt-3 text-muted text-sm">
            No environment variables here: they are sealed to the key of one machine, and this request does not know yet
            which. The market keeps none that it could read. Give them when you accept an answer, or over ssh.
          </p>
        </Panel>
        {!hasKey && (
          <Panel title="Your SSH key" description="It opens what is booked. The private half stays on your computer.">
            <TextareaField
              name="publicKey"
              label="Public key"
              mono
              rows={3}
              spellCheck={false}
              autoComplete="off"
              autoCapitalize="off"
              placeholder="ssh-ed25519 AAAA… you@laptop"
              hint="The line of a .pub file. Needed for what is booked by itself; added to your account."
            />
          </Panel>
        )}
      </div>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-6 lg:sticky lg:top-20">
        <Panel
          title="The market now"
          footer={
            <div className="flex flex-wrap gap-2">
              <SubmitButton name="intent" value="make" pendingLabel="Asking…">
                Let it stand
              </SubmitButton>
              <SubmitButton name="intent" value="look" variant="secondary" pendingLabel="Looking…">
                See what fits now
              </SubmitButton>
            </div>
          }
        >
          <div aria-live="polite">
            {report === null ? (
              <p className="text-muted">
                Fill in a price, a time and a deadline, and see what serves them now, or what is in the way.
              </p>
            ) : (
              <StandingReportView report={report} words={words} />
            )}
          </div>
        </Panel>
      </div>
    </div>
  );
}

function pickSizes(values: Readonly<Record<string, string>> | undefined) {
  return Object.fromEntries(
    ['gpus', 'disk', 'hours'].flatMap((name) => (values?.[name] ? [[name, values[name]]] : [])),
  );
}
