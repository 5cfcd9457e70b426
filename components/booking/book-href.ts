/** The sizes and words of a booking that stand in an address. Environment and command are not among them: they may be secret. */
export type BookWords = {
  readonly gpus?: number | string | undefined;
  readonly hours?: number | string | undefined;
  /** For a window that lies ahead: day and time on the clocks of the host's zone. */
  readonly starts?: string | undefined;
  /** In GiB. */
  readonly disk?: number | string | undefined;
  /** In dollars. */
  readonly cap?: string | undefined;
  readonly image?: string | undefined;
  readonly name?: string | undefined;
};

/** The address at which a listing is booked, with what is wanted filled in. */
export function bookHref(listingId: string, words: BookWords): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(words)) {
    if (value !== undefined && value !== '') query.set(name, String(value));
  }
  return `/gpus/${encodeURIComponent(listingId)}/book${query.size === 0 ? '' : `?${query}`}`;
}

type Booked = {
  readonly listingId: string;
  readonly name: string;
  readonly image: string;
  readonly gpuCount: number;
  readonly terms: { readonly diskBytes: bigint };
};

/** What somebody has booked before, as words for an address. */
export function wordsOf(rental: Booked) {
  const gibibytes = Number(rental.terms.diskBytes) / 2 ** 30;
  return {
    gpus: String(rental.gpuCount),
    disk: String(Number(gibibytes.toFixed(3))),
    image: rental.image,
    name: rental.name,
  };
}

/** The address at which the same is booked again. */
export function bookAgainHref(rental: Booked): string {
  return bookHref(rental.listingId, wordsOf(rental));
}
