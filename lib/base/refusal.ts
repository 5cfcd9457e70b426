/**
 * Everything the product may answer "no" to: its HTTP status and the sentence a person reads.
 * A sentence says what happened and what to do. What is not in this table and thrown is a bug.
 */
export const REFUSALS = {
  badInput: [422, 'Something in the request is not as it should be. Correct the marked fields and send it again.'],
  malformed: [400, 'The request could not be read. Send valid JSON of the documented shape.'],
  tooLarge: [413, 'The request is too large. Send less.'],
  unauthenticated: [401, 'You are not signed in. Sign in and try again.'],
  wrongCredentials: [401, 'E-mail or password is wrong. Check both, or reset the password.'],
  notFound: [
    404,
    'There is nothing here that you may see. Check the address, or sign in with the account it belongs to.',
  ],
  forbidden: [403, 'Your account may not do this.'],
  suspended: [403, 'This account is suspended. Contact the operators of this market.'],
  leaving: [403, 'This account is about to be deleted. Take that back under Settings, Your data, to begin something.'],
  emailUnconfirmed: [403, 'Confirm your e-mail address first: follow the link in the mail we sent you.'],
  codeNeeded: [
    401,
    'This account signs in by two steps. Send the code of your authenticator app, or a recovery code, as "code" too.',
  ],
  codeWrong: [
    401,
    'This code is wrong or was used already. Wait for the next one of your app, or use another recovery code.',
  ],
  twoStepNeeded: [
    403,
    'This needs two-step sign-in. Switch it on under Account, Security; if it is on, sign out and in again with a code.',
  ],
  proofNeeded: [
    403,
    'Prove that it is you first, in a browser: your password or code was last asked for more than 15 minutes ago.',
  ],
  tooManyAttempts: [429, 'Too many attempts. Wait a few minutes and try again.'],
  conflict: [409, 'Somebody changed this meanwhile. Load it again and repeat what you meant to do.'],
  caseClaimed: [409, 'Another admin works on this case. Take another one, or take it over.'],
  emailTaken: [409, 'There is already an account with this e-mail. Sign in, or reset its password.'],
  linkInvalid: [410, 'This link is no longer valid. Ask for a new one.'],
  termsNotAccepted: [422, 'Accept the terms to go on.'],
  keyInvalid: [
    422,
    'This is not an SSH public key that we accept. Paste the line from a .pub file (ed25519, ECDSA or RSA of 2048 bits and more).',
  ],
  keyTaken: [409, 'You already have this SSH key.'],
  keyNeeded: [422, 'You have no SSH key yet. Add one, so that you can reach what you rent.'],
  listingGone: [409, 'This machine is no longer offered. Pick another one.'],
  nothingFits: [
    422,
    'No machine of this market could ever run this. Ask for less, or submit it anyway: it then waits for one.',
  ],
  tooManyJobs: [
    409,
    'You have as many jobs in the queue as an account may have. Wait until some have ended, or cancel some.',
  ],
  gpuTaken: [409, 'Somebody else has just booked this. Nothing was charged; pick one of the nearest offers.'],
  putOutInVain: [
    409,
    'Interruptible rentals were put out for yours too often, and yours were not used. Take GPUs that are idle, or wait a while.',
  ],
  hostClosed: [409, 'The host does not rent this machine at that time. Take another window.'],
  windowBooked: [409, 'Something is booked in this time. It is kept: choose another time, or wait for its end.'],
  priceChanged: [409, 'The price changed since your quote. Look at the new one and book again.'],
  quoteExpired: [409, 'This quote has expired. Ask for a new one.'],
  quoteUsed: [409, 'This quote was already booked.'],
  insufficientFunds: [402, 'There is not enough money in the wallet. Top up and try again.'],
  spendingLimit: [403, 'This is more than a new account may set aside within 24 hours. Take less, or wait.'],
  cardNeeded: [409, 'You have no saved card. Save one first.'],
  chargebackUncovered: [
    402,
    'A bank took back a payment of yours that was spent already. Top up what is missing, then go on.',
  ],
  ownMachine: [409, 'This is your own machine. Booking it would only move your money in a circle.'],
  renterBlocked: [403, 'This host does not rent to your account.'],
  currencyNotTaken: [422, 'This market takes US dollars only. Ask in "usd".'],
  imageInvalid: [422, 'This is not an image name. Write it like "ubuntu:24.04" or "ghcr.io/owner/name:tag".'],
  endLocked: [
    409,
    'You locked this booking against ending. Unlock it first, then end it. Its paid time and an empty wallet still end it.',
  ],
  notNow: [409, 'This is not possible in the present state.'],
  alreadyEnrolled: [409, 'This machine is already enrolled. Run "uninstall" on it first, or use its page.'],
  codeInvalid: [410, 'This enrolment code is used, expired or unknown. Create a new one on the page "List a machine".'],
  agentUnknown: [401, 'This machine is not enrolled here (any more). Enrol it with a new code.'],
  sessionOver: [401, 'This connection of the agent is over. Connect again.'],
  signatureInvalid: [401, 'The signature does not fit. Nothing was accepted.'],
  replayed: [409, 'This message was already received. Nothing was done twice.'],
  identityCopied: [409, 'Two machines use one identity. Uninstall the agent on one of them and enrol it anew.'],
  protocolOutdated: [
    426,
    'This agent speaks another version of the protocol. Update it with the install line of the market.',
  ],
  machineNotReady: [409, 'This machine cannot be rented yet. Its page says what is missing.'],
  lastAdmin: [409, 'This is the last admin. Make another one first.'],
  webhookInvalid: [400, 'This webhook is not signed by the payment provider, or too old. Check the signing secret.'],
  unavailable: [503, 'A part of the market is not reachable. Nothing was lost; try again in a moment.'],
} as const satisfies Record<string, readonly [status: number, sentence: string]>;

export type RefusalReason = keyof typeof REFUSALS;

/** What a refusal may carry for the asker: field messages, or facts the page shows. Never secrets. */
export type RefusalDetail = { readonly [key: string]: string | number | boolean | null | readonly string[] };

/** The product saying no. Thrown by commands and queries, turned into an answer at the edge. */
export class Refusal extends Error {
  readonly reason: RefusalReason;
  readonly detail: RefusalDetail;
  readonly status: number;
  readonly sentence: string;

  constructor(reason: RefusalReason, detail: RefusalDetail = {}, sentence?: string) {
    const [status, standard] = REFUSALS[reason];
    super(sentence ?? standard);
    this.name = 'Refusal';
    this.reason = reason;
    this.detail = detail;
    this.status = status;
    this.sentence = sentence ?? standard;
  }
}

/** What `work` answers, or its refusal as a value, for whoever goes on without the one that was refused. Throws everything else on. */
export function orRefusal<Answer>(work: () => Answer): Answer | Refusal {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/** The other way round: throws what is a refusal. */
export function orThrow<Answer>(answer: Answer | Refusal): Answer {
  if (answer instanceof Refusal) throw answer;
  return answer;
}
