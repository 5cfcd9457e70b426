import Stripe from 'stripe';
import { env } from './env.ts';

const TIMEOUT_MS = 15_000;
const TOLERANCE_SECONDS = 300;

let connected: { readonly print: string; readonly client: Stripe } | undefined;

/**
 * The client of Stripe, or null where no key is set. Requests end after 15 seconds; one that the network lost is sent again under the same
 * idempotency key, `STRIPE_NETWORK_RETRIES` times at most.
 */
export function theStripe(): Stripe | null {
  const { stripeSecretKey, stripeApiBase, stripeNetworkRetries } = env();
  if (stripeSecretKey === undefined) return null;
  const print = `${stripeSecretKey} ${stripeApiBase?.href} ${stripeNetworkRetries}`;
  if (connected?.print !== print) {
    const place =
      stripeApiBase === undefined
        ? {}
        : {
            host: stripeApiBase.hostname,
            ...(stripeApiBase.port === '' ? {} : { port: Number(stripeApiBase.port) }),
            protocol: stripeApiBase.protocol === 'http:' ? ('http' as const) : ('https' as const),
          };
    const client = new Stripe(stripeSecretKey, {
      ...place,
      timeout: TIMEOUT_MS,
      maxNetworkRetries: stripeNetworkRetries,
      telemetry: false,
      appInfo: { name: 'sublet' },
    });
    connected = { print, client };
  }
  return connected.client;
}

/** The client of Stripe where it must be there: an errand that was begun needs it to go on. */
export function needStripe(): Stripe {
  const stripe = theStripe();
  if (stripe === null) throw new Error('STRIPE_SECRET_KEY is not set, but a payment was begun with it. Set it again.');
  return stripe;
}

/** Whether Stripe signed this body with one of our secrets within the last five minutes. False where no secret is set. */
export function isSignedByStripe(body: string, signature: string, now: Date): boolean {
  return env().stripeWebhookSecrets.some((secret) => {
    try {
      return Stripe.webhooks.signature?.verifyHeader(
        body,
        signature,
        secret,
        TOLERANCE_SECONDS,
        undefined,
        now.getTime(),
      );
    } catch (error) {
      if (error instanceof Stripe.errors.StripeSignatureVerificationError) return false;
      throw error;
    }
  });
}

/**
 * Why a request failed: `declined` by the card, `refused` by Stripe, `broken` when Stripe failed while it worked (it keeps that answer under the
 * key, docs.stripe.com/api/idempotent_requests), else `unreachable`. Null for what is no failure of Stripe's.
 */
export function failureOf(
  error: unknown,
): { kind: 'declined' | 'refused' | 'broken' | 'unreachable'; code: string; message: string } | null {
  if (!(error instanceof Stripe.errors.StripeError)) return null;
  const { code, message } = error;
  if (error instanceof Stripe.errors.StripeCardError)
    return { kind: 'declined', code: error.decline_code ?? code ?? 'card_declined', message };
  if (error instanceof Stripe.errors.StripeConnectionError || error instanceof Stripe.errors.StripeRateLimitError)
    return { kind: 'unreachable', code: 'unreachable', message };
  // A wrong key is the operator's mistake and is mended: nothing that was begun is given up for it.
  if (error instanceof Stripe.errors.StripeAuthenticationError || error.statusCode === 409)
    return { kind: 'unreachable', code: code ?? 'unreachable', message };
  if (error.statusCode === 500) return { kind: 'broken', code: 'broken', message };
  if ((error.statusCode ?? 500) > 500) return { kind: 'unreachable', code: 'unreachable', message };
  return { kind: 'refused', code: code ?? error.rawType ?? 'refused', message };
}
