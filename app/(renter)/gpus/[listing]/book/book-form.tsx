'use client';

import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { bookingCalls } from '#components/api/booking-calls.ts';
import type { ApiCall } from '#components/api/curl.ts';
import { NearOffers, type WordsTyped } from '#components/booking/near-offers.tsx';
import { ActionForm, useFormState } from '#components/ui/action-form.tsx';
import { unpack } from '#lib/base/pack.ts';
import type { Recap } from '#lib/bookings/booking-typed.ts';
import type { Priced } from '#lib/bookings/priced.ts';
import { book, price } from './actions.ts';
import type { BookState, Told } from './book-state.ts';
import { keepDraft, takeDraft } from './draft.ts';
import { ImageFields, type ImagePreset } from './image-fields.tsx';
import { KeyFields, type ShownKey } from './key-fields.tsx';
import { RecapPanel } from './recap-panel.tsx';
import { SizeFields } from './size-fields.tsx';
import { type Provider, Summary } from './summary.tsx';

type BookFormProps = {
  listing: {
    readonly id: string;
    /** The machine and its place, in words. */
    readonly machine: string;
    readonly counts: readonly number[];
    readonly simulated: boolean;
    readonly executes: boolean;
  };
  words: WordsTyped;
  presets: readonly ImagePreset[];
  first: Answer;
  keys: readonly ShownKey[];
  provider: Provider | null;
  ids: { readonly idempotencyKey: string; readonly topUpKey: string };
  /** Why it cannot be booked, whatever is typed. */
  whyNot: string | null;
};

type Answer = { readonly priced: Priced | null; readonly errors: Readonly<Record<string, string>> };

const SETTLE_MS = 350;
const SIZES = new Set(['gpus', 'disk', 'hours', 'cap', 'starts']);

/** Everything that a booking is made of, with its price beside it. One form: without scripts its buttons do the same. */
export function BookForm(props: BookFormProps) {
  return (
    <ActionForm action={book} aria-label="Booking">
      <Inside {...props} />
    </ActionForm>
  );
}

function Inside({ listing, words, presets, first, keys, provider, ids, whyNot }: BookFormProps) {
  const state = useFormState() as BookState;
  const told = useMemo(() => toldBy(state), [state]);
  const [answer, setAnswer] = useState<Answer>(told.priced ? { priced: told.priced, errors: {} } : first);
  const [idempotencyKey, setKey] = useState(ids.idempotencyKey);
  const anchor = useRef<HTMLButtonElement>(null);
  const turn = useRef(0);
  const settle = useRef<ReturnType<typeof setTimeout>>(undefined);
  const near = told.near ?? [];
  const recap = told.recap ?? null;

  const ask = useCallback(async () => {
    const form = anchor.current?.form;
    if (!form) return;
    turn.current += 1;
    const mine = turn.current;
    const said = await price(new FormData(form)).catch((): BookState => ({}));
    if (mine !== turn.current) return;
    setAnswer((before) => ({ priced: toldBy(said).priced ?? before.priced, errors: said.errors ?? {} }));
  }, []);

  useEffect(() => {
    // Coming back to this page is meant to book anew, not to repeat what was booked from it.
    setKey((key) => globalThis.crypto.randomUUID?.() ?? key);
    const form = anchor.current?.form;
    if (form) takeDraft(listing.id, form);
    if (whyNot === null) void ask();
  }, [listing.id, whyNot, ask]);

  useEffect(() => {
    if (told.priced !== undefined) setAnswer({ priced: told.priced, errors: {} });
  }, [told]);

  useEffect(() => () => clearTimeout(settle.current), []);

  return (
    <div
      className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,23rem)]"
      onInput={(event) => {
        if (!SIZES.has((event.target as HTMLInputElement).name)) return;
        clearTimeout(settle.current);
        settle.current = setTimeout(() => void ask(), SETTLE_MS);
      }}
    >
      {/* The Enter key in a field presses the first button of a form: it asks for the price and books nothing. */}
      <button ref={anchor} type="submit" name="intent" value="price" tabIndex={-1} aria-hidden className="sr-only">
        Show the price
      </button>
      <input type="hidden" name="listingId" value={listing.id} />
      <input type="hidden" name="zone" value={words.zone ?? 'UTC'} />
      <input type="hidden" name="idempotencyKey" value={idempotencyKey} />
      <input type="hidden" name="topUpKey" value={ids.topUpKey} />
      <input type="hidden" name="seen" value={answer.priced?.seen ?? ''} />
      <input type="hidden" name="quoteId" value={answer.priced?.kept?.id ?? ''} />
      <input type="hidden" name="quotedSizes" value={answer.priced?.sizes ?? ''} />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
        {near.length > 0 && (
          <NearOffers
            offers={near}
            words={{ ...words, ...state.values }}
            onChoose={(chosen) => anchor.current?.form && keepDraft(chosen, anchor.current.form)}
          />
        )}
        {recap !== null && answer.priced !== null && (
          <RecapPanel
            recap={recap}
            priced={answer.priced}
            machine={listing.machine}
            keys={keys}
            changed={told.priced !== undefined && told.priced.seen !== answer.priced.seen}
          />
        )}
        {/* While it is looked at once more the fields stay where they are: what was typed is sent with the last button too. */}
        <div hidden={recap !== null} className="grid grid-cols-[minmax(0,1fr)] gap-6 [&[hidden]]:hidden">
          <SizeFields counts={listing.counts} typed={words} errors={answer.errors} />
          <ImageFields presets={presets} typed={words} simulated={listing.simulated} executes={listing.executes} />
          <KeyFields keys={keys} />
        </div>
      </div>
      <div className="grid min-w-0 gap-6 lg:sticky lg:top-20">
        <Summary priced={answer.priced} provider={provider} whyNot={whyNot} recapping={recap !== null} onOver={ask} />
        {answer.priced !== null && <AsApiCall calls={callsFor(listing.id, answer.priced, recap)} />}
      </div>
    </div>
  );
}

/** The quote that stands beside the form, and once it is looked at once more the booking too, as calls of the API. */
function callsFor(listingId: string, { quote, kept }: Priced, recap: Recap | null): ApiCall[] {
  const asked = {
    listingId,
    gpuCount: quote.terms.gpuCount,
    diskBytes: quote.terms.diskBytes,
    durationSeconds: quote.whole?.seconds ?? null,
    startsAt: quote.reserved?.startsAt ?? null,
  };
  if (recap === null || kept === null) return [bookingCalls.quote(asked)];
  return [
    bookingCalls.quote({ ...asked, keepMoney: true, capMicros: recap.capMicros }),
    bookingCalls.book({ quoteId: kept.id, ...recap }),
  ];
}

function toldBy({ told }: BookState): Told {
  return told === undefined ? {} : unpack<Told>(told);
}
