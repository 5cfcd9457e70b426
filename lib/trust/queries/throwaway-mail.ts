import { domainsOf } from '../risk.ts';

let domains: Promise<ReadonlySet<string>> | undefined;

/**
 * Whether an e-mail is of a throwaway service, by the list of the package `disposable-email-domains` (MIT, 120,000 domains).
 * It is read at the first question, in the process that asks: the worker.
 */
export async function isThrowaway(email: string): Promise<boolean> {
  domains ??= import('disposable-email-domains', { with: { type: 'json' } }).then(
    ({ default: all }) => new Set<string>(all),
  );
  const known = await domains;
  return domainsOf(email).some((domain) => known.has(domain));
}
