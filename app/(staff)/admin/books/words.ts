import { type AccountKind, KINDS_IN_WORDS } from '#lib/ledger/account.ts';
import { TRANSFER_KINDS, type TransferKind } from '#lib/ledger/transfer.ts';

/** An account kind as staff read it. */
export function accountWords(kind: AccountKind): string {
  return KINDS_IN_WORDS[kind];
}

/** Why money moved, as a sentence; a kind that nobody wrote a sentence for stays as it is. */
export function transferWords(kind: string): string {
  return Object.hasOwn(TRANSFER_KINDS, kind) ? TRANSFER_KINDS[kind as TransferKind] : kind;
}
