import type { Move } from '#lib/trust/dispute-move.ts';
import type { ApiCall } from './curl.ts';
import { readingCalls } from './reading-calls.ts';

const LABELS: Readonly<Record<Move, string>> = {
  accept: 'Accept',
  offer: 'Offer',
  answer: 'Answer',
  escalate: 'Let an admin decide',
  withdraw: 'Take it back',
  say: 'Add something',
};

/** What a side of a dispute reads and may do now, as calls of the API. */
export function disputeCalls(dispute: { readonly id: string; readonly actions: readonly Move[] }): ApiCall[] {
  const path = `/disputes/${encodeURIComponent(dispute.id)}/moves`;
  return [
    readingCalls.dispute(dispute.id),
    ...dispute.actions.map(
      (move): ApiCall => ({
        label: LABELS[move],
        method: 'POST',
        path,
        body: { move, text: '…', ...(move === 'offer' ? { amountMicros: '1000000' } : {}) },
      }),
    ),
  ];
}
