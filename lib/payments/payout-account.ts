/** A host's account at the payment provider, as far as payouts care. */
export type PayoutAccountFacts = {
  readonly providerAccountId: string | null;
  /** Nothing is left for the host to hand in. */
  readonly detailsSubmitted: boolean;
  readonly transfersActive: boolean;
  readonly payoutsEnabled: boolean;
  /** Why the provider will not pay it at all, whatever the host hands in. */
  readonly disabledReason: string | null;
  /** What is still asked for, in the provider's words: `identity.individual.documents.primary_verification`. */
  readonly missing: readonly string[];
};

/**
 * none: never begun · opening: we are asking for it · incomplete: the host has something to do · checking: the provider is
 * looking · ready: can be paid · closed: the provider will not pay it.
 */
export type PayoutAccountState = 'none' | 'opening' | 'incomplete' | 'checking' | 'ready' | 'closed';

export function payoutAccountState(account: PayoutAccountFacts | null): PayoutAccountState {
  if (account === null) return 'none';
  if (account.providerAccountId === null) return 'opening';
  if (account.disabledReason !== null) return 'closed';
  if (account.transfersActive && account.payoutsEnabled) return 'ready';
  return account.detailsSubmitted && account.missing.length === 0 ? 'checking' : 'incomplete';
}

/** What each state means and what to do, for the host; null when there is nothing to do. */
export function payoutAccountProblem(account: PayoutAccountFacts | null): string | null {
  switch (payoutAccountState(account)) {
    case 'none':
      return 'Say first where you want to be paid: set up your payout account.';
    case 'opening':
      return 'Your payout account is being opened. Press “Continue” in a moment.';
    case 'incomplete':
      return 'Your payout account is not complete. Continue where you left off: the provider still asks for something.';
    case 'checking':
      return 'The payment provider is checking what you sent. That takes minutes to days; we tell you when it is done.';
    case 'closed':
      return 'The payment provider does not pay to your account any more. Contact the operators of this market; what you are owed stays yours.';
    case 'ready':
      return null;
  }
}

const ASKED_FOR: readonly (readonly [RegExp, string])[] = [
  [/outbound_destination|external_account/, 'the bank account to pay to'],
  [/tos_acceptance|terms_of_service/, 'your consent to the provider’s terms'],
  [/documents?\b/, 'a photo of an identity document'],
  [/id_numbers?|ssn_last_4|tax_id/, 'a tax or identity number'],
  [/\b(dob|date_of_birth)\b/, 'a date of birth'],
  [/address/, 'an address'],
  [/first_name|last_name|given_name|surname|legal_name|registered_name|\bname$/, 'a name'],
  [/phone/, 'a telephone number'],
  [/email/, 'an e-mail address'],
  [/business_url|product_description|business_profile/, 'what you offer, in a sentence or a link'],
  [/business_type|entity_type/, 'whether you are a person or a company'],
  [/owners|directors|executives|representative|person_/, 'who owns or represents the company'],
];

/** What the provider still asks for, in plain words, each once. What we have no word for is shown as the provider calls it. */
export function missingWords(missing: readonly string[]): string[] {
  const words = missing.map(
    (name) => ASKED_FOR.find(([pattern]) => pattern.test(name))?.[1] ?? name.replaceAll(/[._]/g, ' '),
  );
  return [...new Set(words)];
}
