import { Refusal, type RefusalDetail, type RefusalReason } from './refusal.ts';

/** Why something may not be done now: what the button shows and what the command refuses with. Null is "it may". */
export type WhyNot = { readonly reason: RefusalReason; readonly sentence: string };

/** Refuses when there is a reason to. */
export function refuseIf(why: WhyNot | null, detail: RefusalDetail = {}): void {
  if (why !== null) throw new Refusal(why.reason, detail, why.sentence);
}
