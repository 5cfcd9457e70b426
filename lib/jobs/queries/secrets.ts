import { keepsSecrets } from '#lib/io/secrets.ts';

/** Whether jobs may have environment variables: this market has a key to keep them with until a job is placed. */
export function takesVariables(): boolean {
  return keepsSecrets();
}
