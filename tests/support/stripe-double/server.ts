import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { CardNumber } from './cards.ts';
import { checkoutHandlers, payCheckout } from './checkout.ts';
import { connectHandlers, onboard, settlePayout } from './connect.ts';
import { chargeBack, closeDispute, disputeHandlers, reinstateDispute } from './disputes.ts';
import { routeFor, type Thing } from './document.ts';
import { newFaults } from './faults.ts';
import { readForm } from './form.ts';
import { balanceHandlers } from './money.ts';
import { customerHandlers, paymentHandlers } from './payments.ts';
import { type Asked, Failure, newProvider, type Owner, textOf } from './provider.ts';
import { failRefund, refundHandlers, settleRefund } from './refunds.ts';
import { WrongParameter } from './schema.ts';
import { visit } from './visit.ts';
import { newWebhooks, type WebhookManner } from './webhooks.ts';

const HANDLERS: Readonly<Record<string, (asked: Asked) => Thing>> = {
  ...customerHandlers,
  ...paymentHandlers,
  ...checkoutHandlers,
  ...refundHandlers,
  ...disputeHandlers,
  ...balanceHandlers,
  ...connectHandlers,
};

export type DoubleOptions = {
  readonly port?: number;
  readonly secretKey?: string;
  /** In seconds since 1970. */
  readonly now?: () => number;
  readonly webhooks?: Partial<WebhookManner>;
};

/** One request as the double saw it. */
export type Request = {
  readonly at: string;
  readonly key: string | null;
  readonly owner: Owner;
  readonly body: Thing;
  readonly status: number;
  /** True when the answer was one that was kept under the idempotency key. */
  readonly replayed: boolean;
};

type Answer = { readonly status: number; readonly body: Thing };

export type StripeDouble = Awaited<ReturnType<typeof startStripeDouble>>;

/** Starts a double of Stripe on loopback: what `stripe` talks to when host, port and protocol name it. */
export async function startStripeDouble(options: DoubleOptions = {}) {
  const secretKey = options.secretKey ?? 'sk_test_double';
  const provider = newProvider(options.now);
  const manner: WebhookManner = {
    secret: 'whsec_double',
    mode: 'held',
    copies: 1,
    delayMs: () => 0,
    ...options.webhooks,
  };
  const webhooks = newWebhooks(manner, provider.now);
  provider.onEvent(webhooks.hear);
  const faults = newFaults();
  const kept = new Map<string, Answer & { readonly print: string }>();
  const requests: Request[] = [];
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      // A mistake of the double itself is loud.
      console.error(error);
      response.writeHead(500).end(JSON.stringify({ error: { type: 'api_error', message: String(error) } }));
    });
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const text = Buffer.concat(pieces).toString('utf8');
    const url = new URL(request.url ?? '/', base);
    const { method = 'GET' } = request;
    if (!/^\/v[12]\//.test(url.pathname)) {
      const seen = visit(provider, method, url, text);
      response.writeHead(seen.status, seen.headers).end(seen.body);
      return;
    }
    const said = await api(method, url, text, request);
    if (said === null) {
      request.socket.destroy();
      return;
    }
    response.writeHead(said.status, {
      'content-type': 'application/json',
      'request-id': provider.newId('req'),
      ...(said.replayed ? { 'idempotent-replayed': 'true' } : {}),
    });
    response.end(JSON.stringify(said.body));
  }

  /** Answers a request to the API; null hangs up. */
  async function api(
    method: string,
    url: URL,
    text: string,
    request: IncomingMessage,
  ): Promise<(Answer & { replayed: boolean }) | null> {
    const key = headerOf(request, 'idempotency-key');
    const owner = (headerOf(request, 'stripe-account') ?? headerOf(request, 'stripe-context') ?? 'platform') as Owner;
    const done = (at: string, body: Thing, said: Answer, replayed = false) => {
      requests.push({ at, key, owner, body, status: said.status, replayed });
      return { ...said, replayed };
    };
    if (headerOf(request, 'authorization') !== `Bearer ${secretKey}`)
      return done(
        `${method} ${url.pathname}`,
        {},
        failed(new Failure(401, { type: 'invalid_request_error', message: 'Invalid API Key provided.' })),
      );
    const route = routeFor(method, url.pathname);
    const handler = route === null ? undefined : HANDLERS[route.at];
    if (route === null || handler === undefined)
      return done(
        `${method} ${url.pathname}`,
        {},
        failed(
          new Failure(404, {
            type: 'invalid_request_error',
            message: `Unrecognized request URL (${method}: ${url.pathname}).`,
          }),
        ),
      );
    let asked: Asked;
    try {
      const isJson = url.pathname.startsWith('/v2/');
      const body =
        method !== 'POST' ? {} : route.readBody(isJson ? JSON.parse(text === '' ? '{}' : text) : readForm(text));
      asked = { provider, owner, ids: route.ids, body, query: route.readQuery(readForm(url.search)), base };
    } catch (error) {
      if (!(error instanceof WrongParameter)) throw error;
      const wrong: Thing = {
        type: 'invalid_request_error',
        message: error.message,
        param: error.param,
        code: error.code,
      };
      return done(route.at, {}, failed(new Failure(400, wrong)));
    }
    const fault = faults.take(route.at);
    if (fault?.slowMs !== undefined) await pause(fault.slowMs);
    if (fault?.does === 'hangUpBefore') return null;
    if (fault?.does === 'errorBefore' || fault?.does === 'tooMany')
      return done(
        route.at,
        asked.body,
        failed(new Failure(fault.does === 'tooMany' ? 429 : 503, { type: 'api_error', message: 'Try again.' })),
      );
    if (fault?.does === 'forbid') {
      const message = 'The provided key does not have the required permissions for this endpoint.';
      return done(route.at, asked.body, failed(new Failure(403, { type: 'invalid_request_error', message })));
    }
    const print = createHash('sha256').update(`${method} ${url.pathname} ${text}`).digest('hex');
    const known = key === null || method !== 'POST' ? undefined : kept.get(`${owner} ${key}`);
    if (known !== undefined && known.print !== print)
      return done(
        route.at,
        asked.body,
        failed(
          new Failure(400, {
            type: 'idempotency_error',
            message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
          }),
        ),
      );
    let said: Answer = known ?? run(handler, asked);
    // Stripe keeps what an endpoint answered once it had begun, an error of its own included.
    if (known === undefined && fault?.does === 'errorAfter')
      said = failed(new Failure(500, { type: 'api_error', message: 'An unknown error occurred' }));
    if (known === undefined && key !== null && method === 'POST') kept.set(`${owner} ${key}`, { ...said, print });
    const told = done(route.at, asked.body, said, known !== undefined);
    return fault?.does === 'hangUpAfter' ? null : told;
  }

  function run(handler: (asked: Asked) => Thing, asked: Asked): Answer {
    try {
      const made = structuredClone(handler(asked));
      const expand = asked.body.expand ?? asked.query.expand;
      for (const path of Array.isArray(expand) ? expand : []) expandPath(made, String(path).split('.'));
      for (const charge of [made, ...(Array.isArray(made.data) ? made.data : [])]) withBase(charge);
      return { status: 200, body: made };
    } catch (error) {
      if (error instanceof Failure) return failed(error);
      throw error;
    }
  }

  function withBase(value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'receipt_url' && typeof inner === 'string')
        Object.assign(value, { receipt_url: inner.replace(/^double:/, base) });
      else withBase(inner);
    }
  }

  /** Puts the object in the place of its id, along a path such as `data.payment_intent.latest_charge`. */
  function expandPath(value: unknown, [name = '', ...rest]: readonly string[]): void {
    if (Array.isArray(value)) {
      for (const item of value) expandPath(item, [name, ...rest]);
      return;
    }
    if (typeof value !== 'object' || value === null || !(name in value)) return;
    const inner: unknown = Reflect.get(value, name);
    const found = typeof inner === 'string' ? provider.any(inner) : undefined;
    if (found !== undefined) Reflect.set(value, name, structuredClone(found));
    if (rest.length > 0) expandPath(Reflect.get(value, name), rest);
  }

  /** What people and banks do at Stripe, which no request of ours does. */
  const act = {
    payCheckout: (id: string, card?: CardNumber) => payCheckout(provider, id, card),
    chargeBack: (chargeId: string, about?: { amount?: number; reason?: string }) =>
      chargeBack(provider, chargeId, about),
    closeDispute: (id: string, outcome: 'won' | 'lost') => closeDispute(provider, id, outcome),
    reinstateDispute: (id: string) => reinstateDispute(provider, id),
    failRefund: (id: string, reason?: string) => failRefund(provider, id, reason),
    settleRefund: (id: string) => settleRefund(provider, id),
    onboard: (account: string, about?: { open?: boolean }) => onboard(provider, account, about),
    settlePayout: (id: string, outcome: 'paid' | 'failed') => settlePayout(provider, id, outcome),
  };

  return {
    url: base,
    /** What a market reads to talk to this double. */
    env: { STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRET: manner.secret, STRIPE_API_BASE: base },
    provider,
    act,
    faults,
    webhooks,
    requests,
    /** Stripe forgets idempotency keys after a day at the earliest. */
    forgetKeys: () => kept.clear(),
    close: async () => {
      await webhooks.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function failed(failure: Failure): Answer {
  return { status: failure.status, body: { error: failure.error } };
}

function headerOf(request: IncomingMessage, name: string): string | null {
  return textOf(request.headers[name] as string | undefined) ?? null;
}
