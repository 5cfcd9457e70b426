import { db, type Reader } from '#lib/io/db.ts';
import { type MoneyKind, moneyKindOf, otherMoneySentence } from '../money-kind.ts';
import { theProvider } from './top-ups.ts';

/** Why no money moves here, as a sentence: the database holds play money and the keys are real, or the other way round. Null when it may. */
export async function moneyKindProblem(reader: Reader = db): Promise<string | null> {
  const provider = theProvider();
  if (provider === null) return null;
  const decided = await reader.marketMoney.findUnique({ where: { id: 1 }, select: { kind: true } });
  const held = decided?.kind as MoneyKind | undefined;
  return held === undefined || held === moneyKindOf(provider) ? null : otherMoneySentence(held);
}
