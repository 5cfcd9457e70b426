import { TERMINAL_ENDS, TERMINAL_IDLE_SECONDS, TERMINAL_MOST_SECONDS } from '#lib/bookings/terminal.ts';
import type { Exit } from './ssh/channel.ts';

/** How a terminal came to its end, for a person; `again`: opening another one may help. */
export type Ending = { readonly sentence: string; readonly again: boolean };

const BY_CODE: Readonly<Record<number, Ending>> = {
  [TERMINAL_ENDS.sessionOver]: {
    sentence: 'You are signed out in this browser. Sign in and open it again.',
    again: false,
  },
  [TERMINAL_ENDS.rentalOver]: {
    sentence: 'The rental does not run any more, so its terminal is closed.',
    again: false,
  },
  [TERMINAL_ENDS.closed]: { sentence: 'It was closed from elsewhere, or its ticket was used up.', again: true },
  [TERMINAL_ENDS.unreachable]: {
    sentence:
      'The machine does not answer through its gateway. It may be away for a moment; try again, or look at its state above.',
    again: true,
  },
  [TERMINAL_ENDS.idle]: {
    sentence: `Nothing was typed for ${TERMINAL_IDLE_SECONDS / 60} minutes, so it was closed. What runs in screen or tmux goes on.`,
    again: true,
  },
  [TERMINAL_ENDS.tooLong]: {
    sentence: `A terminal stays open for ${TERMINAL_MOST_SECONDS / 3_600} hours at most. Open another one.`,
    again: true,
  },
};

/** Closings after which the way is simply gone: it is tried again. */
export function isLost(code: number): boolean {
  return BY_CODE[code] === undefined;
}

export function endingOfCode(code: number): Ending {
  return BY_CODE[code] ?? { sentence: 'The connection was lost, and did not come back. Open it again.', again: true };
}

export function endingOfExit({ code, signal }: Exit): Ending {
  if (signal !== null) return { sentence: `The shell was ended by SIG${signal}.`, again: true };
  if (code === 127)
    return {
      sentence: 'The image names a shell that is not in it (code 127). Use ssh with a command that is.',
      again: true,
    };
  return { sentence: code === null ? 'The shell ended.' : `The shell ended with code ${code}.`, again: true };
}

/** What went wrong between page and machine, by the name of the fault. */
export function endingOfFault(error: Error): Ending {
  switch (error.name) {
    case 'HungUp':
      return { sentence: `The machine hung up and says: ${error.message}`, again: true };
    case 'WrongHostKey':
      return {
        sentence:
          'The machine showed another key than the market named. Somebody may stand in between: nothing was sent to it. Compare the fingerprint above, and tell the staff of this market.',
        again: false,
      };
    case 'NotLetIn':
      return {
        sentence: 'The machine did not hear of the key of this page in time. Try again in a moment.',
        again: true,
      };
    case 'NoShell':
      return { sentence: `No shell could be opened: ${error.message}.`, again: true };
    case 'Malformed':
      return { sentence: `What came was no proper ssh (${error.message}), so it was cut.`, again: true };
    default:
      return { sentence: 'Something in this page went wrong. Load it again, or use ssh.', again: true };
  }
}

/** Why this browser cannot have one; null when it can. */
export function whyNoTerminal(): string | null {
  return globalThis.isSecureContext && globalThis.crypto?.subtle !== undefined
    ? null
    : 'A terminal needs https: over plain http a browser makes no keys. Use ssh.';
}
