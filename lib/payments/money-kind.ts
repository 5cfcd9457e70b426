import type { PaymentProvider } from './provider.ts';

/** Play money is the sandbox's and that of test keys; real money is what cards and banks really move. */
export type MoneyKind = 'play' | 'real';

/** What money a provider moves. Whoever warns that nothing is real moves play money. */
export function moneyKindOf(provider: PaymentProvider): MoneyKind {
  return provider.warning === null ? 'real' : 'play';
}

/** Why money does not move in a database that holds the other kind: the two must never meet in one wallet. */
export function otherMoneySentence(held: MoneyKind): string {
  return held === 'play'
    ? 'This market was run with play money, and is now set up for real money. Play money is never paid out: its operators must begin with a new database.'
    : 'This market holds real money, and is now set up for play money. Nothing is paid in or out until its operators set the real keys again.';
}
