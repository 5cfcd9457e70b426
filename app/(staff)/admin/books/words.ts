import { wordOf } from '#lib/base/words.ts';
import { type AccountKind, KINDS_IN_WORDS } from '#lib/ledger/account.ts';
import { TRANSFER_KINDS } from '#lib/ledger/transfer.ts';

/** An account kind as staff read it. */
export function accountWords(kind: AccountKind): string {
  return KINDS_IN_WORDS[kind];
}

/** Why money moved, as a sentence. */
export function transferWords(kind: string): string {
  return wordOf(TRANSFER_KINDS, kind);
}
