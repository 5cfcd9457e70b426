'use server';

import * as z from 'zod';
import { action } from '#app/_edge/action.ts';
import { makeCalendarFeed } from '#lib/bookings/make-calendar-feed.ts';
import { revokeCalendarFeed } from '#lib/bookings/revoke-calendar-feed.ts';
import { feedIdInput } from '#lib/bookings/schema.ts';

/** An empty field: what the asker rents themselves. */
const fields = z.object({ machineId: z.string().max(100) });

export const makeFeed = action(fields, async (actor, { machineId }) => {
  const { url } = await makeCalendarFeed(actor, { machineId: machineId === '' ? null : machineId });
  return { message: 'Made. Copy it now: it is not shown again.', shown: { address: url } };
});

export const revokeFeed = action(feedIdInput, async (actor, input) => {
  await revokeCalendarFeed(actor, input);
  return 'Taken back: nothing is there any more.';
});
