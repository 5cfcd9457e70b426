import { accountNotices } from './account-notices.ts';
import { bookingNotices } from './booking-notices.ts';
import { booksNotices } from './books-notices.ts';
import { deskNotices } from './desk-notices.ts';
import { disputeNotices } from './dispute-notices.ts';
import type { EventFacts, NewNotice } from './event-facts.ts';
import { jobNotices } from './job-notices.ts';
import { machineNotices } from './machine-notices.ts';
import { messageNotices } from './message-notices.ts';
import { paymentNotices } from './payment-notices.ts';
import { payoutNotices } from './payout-notices.ts';
import { requestNotices } from './request-notices.ts';
import { reviewNotices } from './review-notices.ts';
import { searchNotices } from './search-notices.ts';

/** Whom to tell what of an event: each person once, and nobody of what they did themselves unless their safety or money is concerned. */
export function noticesOf(facts: EventFacts): NewNotice[] {
  const all = [
    ...accountNotices(facts),
    ...paymentNotices(facts),
    ...payoutNotices(facts),
    ...machineNotices(facts),
    ...bookingNotices(facts),
    ...jobNotices(facts),
    ...booksNotices(facts),
    ...disputeNotices(facts),
    ...reviewNotices(facts),
    ...messageNotices(facts),
    ...requestNotices(facts),
    ...searchNotices(facts),
    ...deskNotices(facts),
  ];
  const told = new Set<string>();
  return all.filter(({ userId }) => {
    if (told.has(userId)) return false;
    told.add(userId);
    return true;
  });
}
