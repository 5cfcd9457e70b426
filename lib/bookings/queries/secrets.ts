import { keepsSecrets } from '#lib/io/secrets.ts';

/** Whether jobs and bids may have environment variables: this market has a key to keep them with until they have a machine. */
export function takesVariables(): boolean {
  return keepsSecrets();
}
