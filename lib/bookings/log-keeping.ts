import { DAY, SECOND } from '#lib/base/time.ts';

/** Of what a rental printed, the newest bytes are kept. */
export const LOG_KEPT_BYTES = 8n * 1_048_576n;

/** So long after a booking ended its log is kept. */
export const LOG_KEPT_SECONDS = (14 * DAY) / SECOND;

/** The same for a person. */
export const LOG_KEPT_WORDS = 'The newest 8 MiB are kept, until 14 days after the end of the booking.';
