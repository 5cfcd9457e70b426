import { isId } from '#lib/base/id.ts';
import { type Month, parseMonth } from '#lib/base/month.ts';
import { TRANSFER_KINDS, type TransferKind } from '#lib/ledger/transfer.ts';

/** What a list of movements shows, as its address says it. */
export type MovementsAsk = {
  readonly side: 'renter' | 'host';
  /** Summed by day, a month at a time, or each by itself. */
  readonly view: 'days' | 'each';
  readonly month?: Month | undefined;
  readonly kind?: TransferKind | undefined;
  readonly after?: string | undefined;
};

/** Reads an address; what makes no sense in it is left out. */
export function readAsk(params: Readonly<Record<string, string | string[] | undefined>>): MovementsAsk {
  const one = (name: string) => (typeof params[name] === 'string' ? params[name] : '');
  const kind = one('kind');
  return {
    side: one('side') === 'host' ? 'host' : 'renter',
    view: one('view') === 'each' ? 'each' : 'days',
    month: parseMonth(one('month')),
    kind: isKind(kind) ? kind : undefined,
    after: isId('transfer', one('after')) ? one('after') : undefined,
  };
}

/** The address of a list. */
export function addressOf(ask: MovementsAsk): string {
  const words = new URLSearchParams();
  if (ask.side === 'host') words.set('side', 'host');
  if (ask.view === 'each') words.set('view', 'each');
  if (ask.month !== undefined) words.set('month', ask.month);
  if (ask.kind !== undefined) words.set('kind', ask.kind);
  if (ask.view === 'each' && ask.after !== undefined) words.set('after', ask.after);
  return `/wallet/movements${words.size === 0 ? '' : `?${words}`}`;
}

function isKind(text: string): text is TransferKind {
  return Object.hasOwn(TRANSFER_KINDS, text);
}
