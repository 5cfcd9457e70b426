import type { CaseKind } from './case.ts';

/** A way to decide a case: what it is called, what it does, and texts to begin a reason with. */
export type Outcome = {
  readonly value: string;
  readonly title: string;
  /** What happens then, and who hears of it. */
  readonly consequence: string;
  /** Beginnings of a reason. They are a start: whoever decides edits them before they send. */
  readonly templates: readonly string[];
};

/** What can be decided about a case of each kind. The texts stand here, so that they are reviewed and change with the product. */
export const OUTCOMES_OF: Record<CaseKind, readonly Outcome[]> = {
  machine: [
    {
      value: 'approve',
      title: 'Approve',
      consequence: 'Renters can see and book it, whatever the market’s setting.',
      templates: [
        'Its self-test and its specification agree with what it offers.',
        'The failed check does not matter for renters: the rest of the self-test passed.',
      ],
    },
    {
      value: 'suspend',
      title: 'Suspend the listing',
      consequence: 'It takes no booking until it is restored. Running rentals go on. The host reads your reason.',
      templates: [
        'What the listing says does not agree with what the machine measures. Correct it and write to us.',
        'The self-test shows a fault that renters would meet. Mend it and write to us.',
      ],
    },
  ],
  report: [
    {
      value: 'suspend',
      title: 'Suspend the listing',
      consequence:
        'It takes no booking until it is restored. Host and reporter read your reason; the host never who reported.',
      templates: [
        'The listing does not describe the machine that renters get.',
        'The listing is misleading about price or terms.',
      ],
    },
    {
      value: 'warn',
      title: 'Warn',
      consequence: 'Nothing is taken away. Whoever it is about and the reporter read your reason.',
      templates: [
        'Please correct what was reported within a week.',
        'Please keep a civil tone. The next report may end in a suspension.',
        'Please keep payments within this market: outside of it neither of you is protected.',
      ],
    },
    {
      value: 'dismiss',
      title: 'Dismiss',
      consequence: 'Nothing happens. The reporter reads your reason.',
      templates: [
        'We looked at it and found that it agrees with our terms.',
        'This is about one rental: contest its charge on the page of its bill instead.',
        'We read it and found that it stays within what people may say here.',
      ],
    },
  ],
  dispute: [
    {
      value: 'full',
      title: 'All of it to the renter',
      consequence: 'What is contested goes back to the renter’s wallet, as a credit in the public log.',
      templates: ['The records of the machine show what the renter describes.'],
    },
    {
      value: 'part',
      title: 'A part to the renter',
      consequence: 'The part goes back to the renter’s wallet; the rest to host and platform.',
      templates: ['The machine could not be used for a part of the time that was billed.'],
    },
    {
      value: 'none',
      title: 'Nothing to the renter',
      consequence: 'Host and platform get their shares of what is contested.',
      templates: ['The machine could be reached and used for the whole time that was billed.'],
    },
  ],
  payout: [
    {
      value: 'release',
      title: 'Release',
      consequence: 'It goes to the host’s bank within seconds. That cannot be taken back.',
      templates: ['The account was looked at: its earnings come from rentals of other people.'],
    },
    {
      value: 'stop',
      title: 'Stop',
      consequence: 'Nothing leaves. The money is owed to the host as before; they read your reason.',
      templates: ['Please write to us, so that we can confirm who you are. Nothing of your money is lost.'],
    },
  ],
  signup: [
    {
      value: 'clear',
      title: 'Clear',
      consequence: 'The limits of the account end, and payouts that wait for this go on.',
      templates: ['We looked at the account and found nothing wrong.', 'The accounts belong to one class or company.'],
    },
    {
      value: 'suspend',
      title: 'Suspend the account',
      consequence: 'It can look and end what runs, but begin nothing. Payouts wait. Its owner reads your reason.',
      templates: ['The account breaks our terms. Write to us if you think that this is a mistake.'],
    },
  ],
  payment: [
    {
      value: 'credit',
      title: 'Credit what came',
      consequence: 'The wallet gets what the provider received. Not possible in another currency.',
      templates: ['What came is less than was asked for; the wallet gets what came.'],
    },
    {
      value: 'giveBack',
      title: 'Give it back',
      consequence:
        'All of it goes back to the card. The market bears what the provider kept. That cannot be taken back.',
      templates: ['It came in a currency that no wallet holds.'],
    },
  ],
  webhook: [
    {
      value: 'retry',
      title: 'Try it again',
      consequence: 'It is handled as if it had come now: how things stand is asked for anew.',
      templates: ['The cause of the failure is mended.'],
    },
    {
      value: 'putAside',
      title: 'Put it aside',
      consequence: 'Nothing more is done about it. No money moves.',
      templates: ['It is about something that was settled by hand.'],
    },
  ],
};
