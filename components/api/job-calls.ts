import type { ApiCall } from './curl.ts';

/** A job as the shortest call submits it. */
export type JobAsked = {
  readonly name?: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly gpuCount: number;
  readonly size: number;
  readonly runSeconds: number;
};

const at = (arrayId: string, rest = '') => `/jobs/${encodeURIComponent(arrayId)}${rest}`;

/** Everything about jobs that pages show as a call of the API. */
export const jobCalls = {
  list: (state: 'live' | 'past' | 'all'): ApiCall => ({
    label: 'List what you submitted',
    method: 'GET',
    path: `/jobs?state=${state}`,
  }),
  see: (arrayId: string): ApiCall => ({ label: 'This submission', method: 'GET', path: at(arrayId) }),
  member: (arrayId: string, index: number): ApiCall => ({
    label: 'This job',
    method: 'GET',
    path: at(arrayId, `/members/${index}`),
  }),
  cancel: (arrayId: string): ApiCall => ({ label: 'Cancel all of it', method: 'POST', path: at(arrayId, '/cancel') }),
  cancelSeveral: (arrayIds: readonly string[]): ApiCall => ({
    label: 'Cancel several',
    method: 'POST',
    path: '/jobs/several/cancel',
    body: { arrayIds: [...arrayIds] },
  }),
  cancelMember: (arrayId: string, index: number): ApiCall => ({
    label: 'Cancel this job',
    method: 'POST',
    path: at(arrayId, `/members/${index}/cancel`),
  }),
  submit: (job: JobAsked): ApiCall => ({
    label: 'Submit a job like this',
    method: 'POST',
    path: '/jobs',
    body: { ...job, command: [...job.command] },
    idempotent: true,
  }),
} as const;
