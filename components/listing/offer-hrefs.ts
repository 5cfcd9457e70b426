export function offerHref(listingId: string): string {
  return `/gpus/${listingId}`;
}

/** Where a listing's page explains its price. */
export function explainHref(listingId: string): string {
  return `/gpus/${listingId}#price-history`;
}
