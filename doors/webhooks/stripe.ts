import { Hono } from 'hono';
import { limitBody } from '#doors/_edge/body.ts';
import { answerError, answerNotFound } from '#doors/_edge/problem.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { isSignedByStripe } from '#lib/io/stripe.ts';
import { storeWebhook } from '#lib/payments/store-webhook.ts';
import { readWebhook } from '#lib/payments/webhook.ts';

const MOST_BYTES = 1_048_576;

/** The door for Stripe's webhooks: checks the signature over the exact bytes, keeps what came, answers 200. A sweep does the rest. */
export function stripeDoor(world: World = theWorld) {
  const door = new Hono().basePath('/api/webhooks/stripe');
  door.onError(answerError);
  door.notFound(answerNotFound);
  door.post('/', limitBody(MOST_BYTES), async (context) => {
    const body = await context.req.text();
    const signature = context.req.header('stripe-signature');
    if (signature === undefined || !isSignedByStripe(body, signature, world.now())) throw new Refusal('webhookInvalid');
    const notice = readWebhook(body);
    if (notice === null) throw new Refusal('malformed');
    await storeWebhook(notice, world);
    return context.json({ received: true });
  });
  return door;
}
