import { afterAll } from 'vitest';
import { forgetEnv } from '#lib/io/env.ts';
import { type DoubleOptions, startStripeDouble } from './stripe-double/server.ts';

/** A double of Stripe that this process takes for Stripe, until the file's tests are over. Networks are tried once, so that faults are quick. */
export async function marketWithStripe(options: DoubleOptions = {}) {
  const double = await startStripeDouble(options);
  Object.assign(process.env, double.env, { STRIPE_NETWORK_RETRIES: '0' });
  forgetEnv();
  afterAll(async () => {
    for (const name of [...Object.keys(double.env), 'STRIPE_NETWORK_RETRIES']) delete process.env[name];
    forgetEnv();
    await double.close();
  });
  return double;
}
