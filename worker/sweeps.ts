import { forgetAgentLogs } from '#lib/agents/forget-agent-logs.ts';
import { forgetHandshakes } from '#lib/agents/forget-handshakes.ts';
import { noteSilences } from '#lib/agents/note-silences.ts';
import { forgetExpired } from '#lib/auth/forget-expired.ts';
import type { World } from '#lib/base/time.ts';
import { clearBids } from '#lib/bookings/clear-bids.ts';
import { expireStandingRequests } from '#lib/bookings/close-standing-request.ts';
import { forgetClearingPrices } from '#lib/bookings/forget-clearing-prices.ts';
import { forgetLogs } from '#lib/bookings/forget-logs.ts';
import { forgetPutOuts } from '#lib/bookings/forget-put-outs.ts';
import { forgetQuotes } from '#lib/bookings/forget-quotes.ts';
import { forgetTerminalKeys } from '#lib/bookings/forget-terminal-keys.ts';
import { matchRequests } from '#lib/bookings/match-requests.ts';
import { tellHosts } from '#lib/bookings/tell-hosts.ts';
import { tidyBids } from '#lib/bookings/tidy-bids.ts';
import { closePriceDays } from '#lib/catalogue/close-price-days.ts';
import { endPauses } from '#lib/catalogue/end-pauses.ts';
import { settleOffers } from '#lib/catalogue/settle-offers.ts';
import { watchSearches } from '#lib/catalogue/watch-searches.ts';
import { writeOpenTimes } from '#lib/catalogue/write-open-times.ts';
import { WORKER_BEAT_SECONDS } from '#lib/events/beat.ts';
import { beatWorker } from '#lib/events/beat-worker.ts';
import { choosePolicy } from '#lib/jobs/choose-policy.ts';
import { followJobs } from '#lib/jobs/follow-jobs.ts';
import { placeJobs } from '#lib/jobs/place-jobs.ts';
import { endExpiredLeases } from '#lib/leases/end-expired-leases.ts';
import { expireKeptDisks } from '#lib/leases/expire-kept-disks.ts';
import { renewHolds } from '#lib/leases/renew-holds.ts';
import { settleLeases } from '#lib/leases/settle-leases.ts';
import { tellLateWindows } from '#lib/leases/tell-late-windows.ts';
import { warnMoney } from '#lib/leases/warn-money.ts';
import { warnWindows } from '#lib/leases/warn-windows.ts';
import { checkBooks } from '#lib/ledger/check-books.ts';
import { deliverNotices } from '#lib/notices/deliver-notices.ts';
import { sendMail } from '#lib/notices/send-mail.errand.ts';
import { beginAutomatic } from '#lib/payments/begin-automatic.ts';
import { carryPayouts } from '#lib/payments/carry-payouts.errand.ts';
import { handleWebhooks } from '#lib/payments/handle-webhooks.errand.ts';
import { finishCardWork } from '#lib/payments/keep-card.errand.ts';
import { refreshAccounts } from '#lib/payments/onboard-host.errand.ts';
import { finishTopUps } from '#lib/payments/pay-top-up.errand.ts';
import { payWeekly } from '#lib/payments/pay-weekly.ts';
import { reconcile } from '#lib/payments/reconcile.errand.ts';
import { releaseReserves } from '#lib/payments/release-reserves.ts';
import { finishCardRefunds } from '#lib/payments/send-card-refund.errand.ts';
import { settleDebts } from '#lib/payments/settle-debts.ts';
import { finishChargebacks } from '#lib/payments/sync-chargeback.errand.ts';
import { warnBalance } from '#lib/payments/warn-balance.ts';
import { appendLog } from '#lib/receipts/append-log.ts';
import { forgetSamples } from '#lib/telemetry/forget-samples.ts';
import { guardIdle } from '#lib/telemetry/guard-idle.ts';
import { deleteAccounts } from '#lib/trust/delete-accounts.ts';
import { flagAccounts } from '#lib/trust/flag-accounts.ts';
import { forgetDisputeFiles } from '#lib/trust/forget-dispute-files.ts';
import { forgetMessages } from '#lib/trust/forget-messages.ts';
import { passDisputeDeadlines } from '#lib/trust/pass-dispute-deadlines.ts';
import { tellRevealedReviews } from '#lib/trust/tell-revealed-reviews.ts';
import { WEBHOOK_HANDLERS } from './webhook-handlers.ts';

/** Work that looks at the database and tidies up. No input: safe at any time, by any number of workers. */
export type Sweep = {
  readonly name: string;
  readonly everySeconds: number;
  /** Woken as well when a booking moves, or somebody asks for something: see nudges.ts. */
  readonly onNews?: true;
  /** Resolves to how many rows it handled. */
  readonly handle: (world: World) => Promise<number>;
};

export const SWEEPS: readonly Sweep[] = [
  { name: 'beat-worker', everySeconds: WORKER_BEAT_SECONDS, handle: beatWorker },
  { name: 'end-expired-leases', everySeconds: 5, handle: endExpiredLeases },
  { name: 'tidy-bids', everySeconds: 5, handle: tidyBids, onNews: true },
  { name: 'clear-bids', everySeconds: 5, handle: clearBids, onNews: true },
  { name: 'expire-kept-disks', everySeconds: 30, handle: expireKeptDisks },
  { name: 'renew-holds', everySeconds: 30, handle: renewHolds },
  { name: 'settle-leases', everySeconds: 10, handle: settleLeases },
  { name: 'warn-money', everySeconds: 20, handle: warnMoney },
  { name: 'warn-windows', everySeconds: 30, handle: warnWindows },
  { name: 'tell-late-windows', everySeconds: 30, handle: tellLateWindows },
  { name: 'guard-idle', everySeconds: 60, handle: guardIdle },
  { name: 'follow-jobs', everySeconds: 2, handle: followJobs, onNews: true },
  { name: 'place-jobs', everySeconds: 5, handle: placeJobs, onNews: true },
  { name: 'choose-policy', everySeconds: 3_600, handle: choosePolicy },
  { name: 'deliver-notices', everySeconds: 2, handle: deliverNotices },
  { name: 'send-mail', everySeconds: 2, handle: sendMail },
  { name: 'handle-webhooks', everySeconds: 2, handle: (world) => handleWebhooks(WEBHOOK_HANDLERS, world) },
  { name: 'warn-balance', everySeconds: 60, handle: warnBalance },
  { name: 'finish-top-ups', everySeconds: 5, handle: finishTopUps },
  { name: 'finish-card-refunds', everySeconds: 10, handle: finishCardRefunds },
  { name: 'finish-chargebacks', everySeconds: 900, handle: finishChargebacks },
  { name: 'settle-debts', everySeconds: 15, handle: settleDebts },
  { name: 'begin-automatic', everySeconds: 20, handle: beginAutomatic },
  { name: 'finish-card-work', everySeconds: 10, handle: finishCardWork },
  { name: 'append-log', everySeconds: 5, handle: appendLog },
  { name: 'carry-payouts', everySeconds: 5, handle: carryPayouts },
  { name: 'pay-weekly', everySeconds: 60, handle: payWeekly },
  { name: 'refresh-accounts', everySeconds: 5, handle: refreshAccounts },
  { name: 'reconcile', everySeconds: 600, handle: reconcile },
  { name: 'release-reserves', everySeconds: 300, handle: releaseReserves },
  { name: 'note-silences', everySeconds: 15, handle: noteSilences },
  { name: 'flag-accounts', everySeconds: 60, handle: flagAccounts },
  { name: 'pass-dispute-deadlines', everySeconds: 60, handle: passDisputeDeadlines },
  { name: 'tell-revealed-reviews', everySeconds: 60, handle: tellRevealedReviews },
  { name: 'check-books', everySeconds: 3_600, handle: checkBooks },
  { name: 'settle-offers', everySeconds: 60, handle: settleOffers },
  { name: 'end-pauses', everySeconds: 20, handle: endPauses },
  { name: 'close-price-days', everySeconds: 300, handle: closePriceDays },
  { name: 'write-open-times', everySeconds: 3_600, handle: writeOpenTimes },
  { name: 'match-requests', everySeconds: 5, handle: matchRequests, onNews: true },
  { name: 'tell-hosts', everySeconds: 300, handle: tellHosts },
  { name: 'watch-searches', everySeconds: 20, handle: watchSearches },
  { name: 'expire-requests', everySeconds: 15, handle: expireStandingRequests },
  { name: 'forget-handshakes', everySeconds: 300, handle: forgetHandshakes },
  { name: 'forget-samples', everySeconds: 300, handle: forgetSamples },
  { name: 'forget-clearing-prices', everySeconds: 3_600, handle: forgetClearingPrices },
  { name: 'forget-terminal-keys', everySeconds: 5, handle: forgetTerminalKeys },
  { name: 'forget-agent-logs', everySeconds: 3_600, handle: forgetAgentLogs },
  { name: 'forget-messages', everySeconds: 3_600, handle: forgetMessages },
  { name: 'forget-dispute-files', everySeconds: 3_600, handle: forgetDisputeFiles },
  { name: 'forget-logs', everySeconds: 3_600, handle: forgetLogs },
  { name: 'forget-quotes', everySeconds: 600, handle: forgetQuotes },
  { name: 'forget-put-outs', everySeconds: 3_600, handle: forgetPutOuts },
  { name: 'delete-accounts', everySeconds: 600, handle: deleteAccounts },
  { name: 'forget-expired', everySeconds: 600, handle: forgetExpired },
];
