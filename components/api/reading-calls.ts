import type { ApiCall } from './curl.ts';

type Words = Readonly<Record<string, string | undefined>>;

function get(label: string, path: string, words: Words = {}): ApiCall {
  const given = Object.entries(words).flatMap(([name, word]) => (word === undefined ? [] : [[name, word]]));
  return { label, method: 'GET', path: given.length === 0 ? path : `${path}?${new URLSearchParams(given)}` };
}
const id = encodeURIComponent;

/** What pages show besides bookings, as calls of the API. */
export const readingCalls = {
  listing: (listingId: string) => get('This offer', `/listings/${id(listingId)}`),
  prices: () => get('These prices', '/prices'),
  priceLines: () => get('Their lines of 30 days', '/price-history'),
  listingPrices: (listingId: string) => get('Its prices', `/listings/${id(listingId)}/prices`),
  windows: (listingId: string) => get('Its free windows', `/listings/${id(listingId)}/windows`),
  wallet: () => get('Your wallet', '/wallet'),
  movements: (each: boolean, words: Words) => get('These movements', `/transfers${each ? '' : '/days'}`, words),
  invoices: (state: 'all' | 'open' | 'final') => get('These bills', '/invoices', { state }),
  earnings: (words: Words) => get('These earnings', '/earnings', words),
  sshKeys: () => get('Your keys', '/ssh-keys'),
  noticeChoices: () => get('What you hear of', '/notice-choices'),
  profile: () => get('Your profile', '/account'),
  payouts: () => get('Your payouts', '/payouts'),
  disputes: (state: 'mine' | 'open' | 'decided') =>
    get('These disputes', '/disputes', state === 'mine' ? { turn: 'me' } : { state }),
  dispute: (disputeId: string) => get('This dispute', `/disputes/${id(disputeId)}`),
  evidence: (disputeId: string, evidenceId: string) =>
    get('This evidence', `/disputes/${id(disputeId)}/evidence/${id(evidenceId)}`),
  review: (bookingId: string) => get('The reviews of this booking', `/bookings/${id(bookingId)}/review`),
  reviews: () => get('Your reviews', '/reviews'),
  listingReviews: (listingId: string) => get('Its reviews', `/listings/${id(listingId)}/reviews`),
  fit: (words: Words) => get('This workload', '/fit', words),
  savedSearches: () => get('Your saved searches', '/saved-searches'),
  standingRequest: (requestId: string) => get('This request', `/standing-requests/${id(requestId)}`),
} as const;
