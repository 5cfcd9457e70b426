/** What each kind of signature is over; a signature for one can never pass as another. */
export const DOMAINS = {
  enrol: 'sublet/enrol/v1',
  connect: 'sublet/connect/v1',
  lease: 'sublet/lease/v1',
  defaultJob: 'sublet/default-job/v1',
  statement: 'sublet/statement/v1',
  tunnel: 'sublet/tunnel/v1',
  key: 'sublet/key/v1',
  terms: 'sublet/terms/v1',
  credit: 'sublet/credit/v1',
  bill: 'sublet/bill/v1',
  clientKey: 'sublet/client-key/v1',
  countersignature: 'sublet/countersignature/v1',
} as const;
export type Domain = (typeof DOMAINS)[keyof typeof DOMAINS];

/** The text that a signature of this domain covers. */
export function signedText(domain: Domain, payload: string): string {
  return `${domain}\n${payload}`;
}
