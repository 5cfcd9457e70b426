import type { SeveralRow, SeveralVerb } from '#components/several/several-form.tsx';
import type { RentalRow } from '#lib/bookings/rental.ts';
import { consequenceOf, type SeveralVerb as Verb } from '#lib/bookings/several.ts';

export const BOOKING_NOUNS = ['booking', 'bookings'] as const;

/** What can be done to several bookings, as buttons and dialogs say it. */
export const BOOKING_VERBS: Record<Verb, SeveralVerb & { trigger: string; question: string }> = {
  stop: {
    value: 'stop',
    label: 'Stop',
    pending: 'Stopping…',
    tone: 'primary',
    trigger: 'Stop…',
    question: 'Stop these bookings?',
  },
  end: {
    value: 'end',
    label: 'End',
    pending: 'Ending…',
    tone: 'dangerFill',
    trigger: 'End…',
    question: 'End these bookings? This cannot be undone.',
  },
};

/** What a verb means for each of some bookings. */
export function severalRows(verb: Verb, rentals: readonly RentalRow[], now: Date): SeveralRow[] {
  return rentals.map((rental) => {
    const { whyNot, words, savesMicrosPerHour } = consequenceOf(verb, rental, now);
    return { id: rental.id, name: rental.name, whyNot, words, savesMicrosPerHour: savesMicrosPerHour.toString() };
  });
}
