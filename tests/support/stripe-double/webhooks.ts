import { createHmac } from 'node:crypto';
import type { Sent } from './provider.ts';

/** How webhooks are sent. */
export type WebhookManner = {
  /** Where they go; nobody hears of them otherwise. */
  url?: string | undefined;
  secret: string;
  /** `auto`: sent by themselves. `held`: they wait until {@link Webhooks.deliver} is called. */
  mode: 'auto' | 'held';
  /** How often each is sent in `auto`. */
  copies: number;
  /** How long each waits in `auto`, in milliseconds: a function of its number gives any order. */
  delayMs: (count: number) => number;
};

export type Webhooks = ReturnType<typeof newWebhooks>;

/** `Stripe-Signature` of a body: https://docs.stripe.com/webhooks/signature. `at` in seconds since 1970. */
export function signatureOf(body: string, secret: string, at: number): string {
  const v1 = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
  return `t=${at},v1=${v1}`;
}

/** Sends events to the market, signed, as often and as late as a test wants; one that is not answered 2xx is sent again. */
export function newWebhooks(manner: WebhookManner, now: () => number) {
  const log: Sent[] = [];
  const waiting = new Set<Promise<void>>();
  const timers = new Set<NodeJS.Timeout>();
  let closed = false;

  async function post(sent: Sent): Promise<number> {
    const { url, secret } = manner;
    if (url === undefined) return 0;
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'stripe-signature': signatureOf(sent.body, secret, now()) },
      body: sent.body,
    });
    await response.arrayBuffer();
    return response.status;
  }

  function later(sent: Sent, delayMs: number, attempt = 1): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      const done = post(sent)
        .catch(() => 0)
        .then((status) => {
          waiting.delete(done);
          if ((status < 200 || status > 299) && attempt < 20 && !closed)
            later(sent, Math.min(2_000, 100 * 2 ** attempt), attempt + 1);
        });
      waiting.add(done);
    }, delayMs);
    timers.add(timer);
  }

  return {
    manner,
    /** Every event so far, oldest first. */
    log,
    hear: (sent: Sent) => {
      log.push(sent);
      if (manner.mode !== 'auto' || manner.url === undefined) return;
      for (let copy = 0; copy < manner.copies; copy += 1) later(sent, manner.delayMs(log.length + copy));
    },
    /** Body and signature of an event, as they go over the wire. */
    envelope: (sent: Sent, at = now()) => ({ body: sent.body, signature: signatureOf(sent.body, manner.secret, at) }),
    /** Sends these now, one after another, and answers the statuses. */
    deliver: async (events: readonly Sent[] = log): Promise<number[]> => {
      const statuses: number[] = [];
      for (const each of events) statuses.push(await post(each));
      return statuses;
    },
    close: async () => {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
      await Promise.allSettled([...waiting]);
    },
  };
}
