'use server';

import * as z from 'zod';
import { action } from '#app/_edge/action.ts';
import { closeTerminals } from '#lib/bookings/close-terminals.ts';
import { openTerminal } from '#lib/bookings/open-terminal.ts';
import { bookingIdInput, openTerminalInput } from '#lib/bookings/schema.ts';

export const openHere = action(openTerminalInput, async (actor, input) => {
  const { terminalId, ticket, hostKey } = await openTerminal(actor, input);
  return { refresh: false, shown: { terminalId, ticket, hostKey } };
});

export const closeAll = action(
  bookingIdInput.extend({ forGood: z.literal('on').optional() }),
  async (actor, { bookingId, forGood }) => {
    const count = await closeTerminals(actor, { bookingId, forGood: forGood === 'on' });
    if (forGood === 'on') return 'Terminals in pages are switched off for this booking.';
    return count === 0 ? 'None was open.' : `Closed: ${count}.`;
  },
);
