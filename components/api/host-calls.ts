import type { ApiCall } from './curl.ts';

const at = (id: string, rest = '') => `/machines/${encodeURIComponent(id)}${rest}`;

/** What the pages of hosts show and do, as calls of the API. */
export const hostCalls = {
  onboarding: (machineId: string | null): ApiCall => ({
    label: 'How far you are',
    method: 'GET',
    path: `/host/onboarding${machineId === null ? '' : `?machine=${encodeURIComponent(machineId)}`}`,
  }),
  newCode: (): ApiCall => ({ label: 'A code and the line to paste', method: 'POST', path: '/enrolment-codes' }),
  overview: (): ApiCall => ({ label: 'How your machines do', method: 'GET', path: '/host' }),
  machines: (): ApiCall => ({ label: 'Your machines', method: 'GET', path: '/machines' }),
  machine: (id: string): ApiCall => ({ label: 'This machine', method: 'GET', path: at(id) }),
  selfTest: (id: string): ApiCall => ({ label: 'Its self-test', method: 'GET', path: at(id, '/self-test') }),
  testAgain: (id: string): ApiCall => ({ label: 'Have it test itself', method: 'POST', path: at(id, '/self-test') }),
  agentLog: (id: string): ApiCall => ({ label: 'What its agent says', method: 'GET', path: at(id, '/agent-log') }),
  priceAdvice: (id: string): ApiCall => ({
    label: 'What a price would bring',
    method: 'GET',
    path: at(id, '/price-advice?price=0.40&kwh=0.30'),
  }),
  metrics: (id: string, range: string): ApiCall => ({
    label: 'What its GPUs do',
    method: 'GET',
    path: at(id, `/metrics?range=${encodeURIComponent(range)}`),
  }),
  pause: (id: string): ApiCall => ({
    label: 'Pause it until a time',
    method: 'POST',
    path: at(id, '/pause'),
    body: { until: '2027-01-04T09:00:00Z' },
  }),
  rentals: (id: string): ApiCall => ({
    label: 'What is rented and reserved on it',
    method: 'GET',
    path: at(id, '/rentals?state=live'),
  }),
} as const;
