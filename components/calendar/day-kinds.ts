/** What a day of a calendar can hold. */
const SHOWN_KINDS = ['open', 'booked', 'reserved', 'interruptible', 'block', 'maintenance', 'pause'] as const;
export type ShownKind = (typeof SHOWN_KINDS)[number];

/** How each is drawn in the bar of a day. */
export const DAY_KIND_LOOKS: Readonly<Record<ShownKind, string>> = {
  open: 'inset-y-0 bg-good-soft border-y border-good-line',
  booked: 'inset-y-1 rounded-sm bg-accent',
  reserved: 'inset-y-1 rounded-sm border-2 border-accent bg-accent-soft',
  interruptible: 'inset-y-1 rounded-sm border border-accent border-dashed bg-accent-soft',
  block: 'inset-y-0 bg-muted/60',
  maintenance: 'inset-y-0 bg-warn-line',
  pause: 'inset-y-0 border-y border-line-control bg-hover',
};

export const DAY_KIND_WORDS: Readonly<Record<ShownKind, string>> = {
  open: 'open',
  booked: 'rented on demand',
  reserved: 'reserved',
  interruptible: 'rented by a bid',
  block: 'taken out',
  maintenance: 'maintenance',
  pause: 'paused',
};
