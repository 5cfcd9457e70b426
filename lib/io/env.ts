import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import * as z from 'zod';

const yesNo = z
  .enum(['', '0', '1', 'false', 'true'])
  .default('')
  .transform((text) => text === '1' || text === 'true');

const port = z.number().int().min(1).max(65_535);

const gateway = z
  .object({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
    /** What renters type after `ssh`. */
    publicHost: z.string().min(1),
    /** How the market's own processes reach its lease ports, where that is not `publicHost`: terminals in pages go there. */
    innerHost: z.string().min(1).optional(),
    portFrom: port,
    portTo: port,
    /** Where agents dial to, for example `tls://gateway.example:7443`. */
    tunnelUrl: z.string().min(1),
    /** Where the market asks whether this gateway lives. */
    healthUrl: z.url(),
  })
  .refine((one) => one.portFrom <= one.portTo, 'portFrom must not be above portTo');

export type GatewayPlace = z.infer<typeof gateway>;

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue('must be JSON');
    return z.NEVER;
  }
});

const variables = z.object({
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'must begin with postgresql://'),
  SUBLET_DATABASE_CONNECTIONS: z.coerce.number().int().min(2).max(200).default(10),
  SUBLET_DIR: z.string().min(1).default('.sublet'),
  SUBLET_PUBLIC_URL: z.url().default('http://127.0.0.1:3000'),
  SUBLET_DEMO: yesNo,
  SUBLET_PRIVATE_REGISTRIES: yesNo,
  SUBLET_LOCAL_AGENT: yesNo,
  SUBLET_AGENTS_APART: yesNo,
  SUBLET_TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(0),
  NEXTAUTH_SECRET: z.string().min(32).optional(),
  NEXTAUTH_URL: z.url().optional(),
  SUBLET_LEASE_KEY: z.string().min(1).optional(),
  SUBLET_LOG_KEY: z.string().min(1).optional(),
  SUBLET_SECRETS_KEY: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}=?$/, 'must be 32 bytes in base64url')
    .optional(),
  SUBLET_GATEWAYS: json.pipe(z.array(gateway)).default([]),
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\//, 'must begin with smtp:// or smtps://')
    .optional(),
  MAIL_FROM: z.string().min(3).default('Sublet <no-reply@localhost>'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  STRIPE_SECRET_KEY: z.string().min(1).optional(),
  STRIPE_WEBHOOK_SECRET: z.string().min(1).optional(),
  STRIPE_API_BASE: z
    .url()
    .regex(/^https?:\/\/[^/?#]+\/?$/, 'must be http://host:port or https://host:port')
    .optional(),
  STRIPE_NETWORK_RETRIES: z.coerce.number().int().min(0).max(5).default(2),
  SUBLET_INVOICE_FONT: z.string().min(1).optional(),
  SUBLET_LISTING_APPROVAL: z.enum(['self-tested', 'staff']).default('self-tested'),
  SUBLET_NEW_ACCOUNT_DOLLARS_PER_DAY: z.coerce.number().int().min(0).max(1_000_000).optional(),
  SUBLET_FEE_BASIS_POINTS: z.coerce.number().int().min(0).max(10_000).default(1_000),
  SUBLET_INTERRUPTION_NOTICE_SECONDS: z.coerce.number().int().min(10).max(3_600).default(120),
  SUBLET_PLAN_LOG: z.string().min(1).optional(),
  SUBLET_PAYOUT_MINIMUM_CENTS: z.coerce.number().int().min(1).max(100_000_000).default(1_000),
  SUBLET_PAYOUT_WEEKDAY: z.coerce.number().int().min(1).max(7).default(1),
  SUBLET_PAYOUT_HOUR: z.coerce.number().int().min(0).max(23).default(12),
  SUBLET_RESERVE_BASIS_POINTS: z.coerce.number().int().min(0).max(10_000).default(1_000),
  SUBLET_RESERVE_DAYS: z.coerce.number().int().min(1).max(365).default(14),
  SUBLET_NEW_HOST_DAYS: z.coerce.number().int().min(0).max(3_650).default(90),
});

export type Env = {
  readonly databaseUrl: string;
  /** Most connections that one process keeps to the database. */
  readonly databaseConnections: number;
  /** Absolute folder of secrets, caches and the embedded database. */
  readonly dir: string;
  /** The market's address as people and agents reach it, without a slash at the end. */
  readonly publicUrl: string;
  /** Demo accounts, simulated hosts and sandbox payments may exist. */
  readonly demo: boolean;
  /** Renters may name images in registries at private addresses: on in a demo, where the only machine is one's own. */
  readonly privateRegistries: boolean;
  /** This machine itself has an agent, started beside the web: the market is ready when that one has synced too. */
  readonly localAgent: boolean;
  /** Agents are sent to processes that serve only them (`npm run agents`), so what the web says of its own life is not theirs. */
  readonly agentsApart: boolean;
  /** How many reverse proxies of the operator's own stand before the web: whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: number;
  readonly sessionSecret: string | undefined;
  /** PEM text of the Ed25519 key that signs leases. */
  readonly leaseKeyPem: string | undefined;
  /** PEM text of the Ed25519 key that signs the public log's checkpoints. */
  readonly logKeyPem: string | undefined;
  /** 32 bytes that encrypt environment variables of jobs that wait. */
  readonly secretsKey: Buffer | undefined;
  readonly gateways: readonly GatewayPlace[];
  readonly smtpUrl: string | undefined;
  readonly mailFrom: string;
  readonly logLevel: string;
  readonly stripeSecretKey: string | undefined;
  /** Any of these may have signed a webhook: one for each destination at the provider, and the old one while it is replaced. */
  readonly stripeWebhookSecrets: readonly string[];
  /** Where Stripe is; not set: at Stripe. */
  readonly stripeApiBase: URL | undefined;
  /** How often a request that the network lost is sent again, under the same idempotency key. */
  readonly stripeNetworkRetries: number;
  /** A font file for what invoices have no letters for. */
  readonly invoiceFont: string | undefined;
  readonly listingApproval: 'self-tested' | 'staff';
  /** What an account may spend a day before its own payments raise it, in micro-dollars; null: no limit. */
  readonly newAccountMicrosPerDay: bigint | null;
  /** The platform's share of a charge: 100 are 1 %. */
  readonly feeBasisPoints: number;
  /** How long before it stops an interruptible rental is told that it yields. */
  readonly interruptionNoticeSeconds: number;
  /** A file to which every plan of the scheduler is appended with all that it follows from. */
  readonly planLog: string | undefined;
  /** When and how hosts are paid: see `PayoutTerms` in lib/payments/payout.ts. */
  readonly payouts: {
    readonly minimumMicros: bigint;
    readonly weekday: number;
    readonly hour: number;
    readonly reserveBasisPoints: number;
    readonly reserveDays: number;
    readonly newHostDays: number;
  };
};

let parsed: Env | undefined;

/**
 * The environment, read and checked once, at the first call. `.env.example` explains each variable; an empty one counts as not set.
 * Throws one error that names every wrong variable, never its value.
 */
export function env(): Env {
  parsed ??= readEnv(process.env);
  return parsed;
}

/** Makes the next {@link env} read again: for tests that change a variable. */
export function forgetEnv(): void {
  parsed = undefined;
}

export function readEnv(source: Readonly<Record<string, string | undefined>>): Env {
  const set = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ''));
  const result = variables.safeParse(set);
  if (!result.success) {
    const wrong = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`The environment is not usable (see .env.example). ${wrong.join('; ')}.`);
  }
  const v = result.data;
  return {
    databaseUrl: v.DATABASE_URL,
    databaseConnections: v.SUBLET_DATABASE_CONNECTIONS,
    dir: isAbsolute(v.SUBLET_DIR) ? v.SUBLET_DIR : join(/*turbopackIgnore: true*/ process.cwd(), v.SUBLET_DIR),
    publicUrl: v.SUBLET_PUBLIC_URL.replace(/\/+$/, ''),
    demo: v.SUBLET_DEMO,
    privateRegistries: v.SUBLET_PRIVATE_REGISTRIES || v.SUBLET_DEMO,
    localAgent: v.SUBLET_LOCAL_AGENT,
    agentsApart: v.SUBLET_AGENTS_APART,
    trustedProxies: v.SUBLET_TRUSTED_PROXIES,
    sessionSecret: v.NEXTAUTH_SECRET,
    leaseKeyPem: v.SUBLET_LEASE_KEY === undefined ? undefined : pemOf(v.SUBLET_LEASE_KEY),
    logKeyPem: v.SUBLET_LOG_KEY === undefined ? undefined : pemOf(v.SUBLET_LOG_KEY),
    secretsKey: v.SUBLET_SECRETS_KEY === undefined ? undefined : Buffer.from(v.SUBLET_SECRETS_KEY, 'base64url'),
    gateways: v.SUBLET_GATEWAYS,
    smtpUrl: v.SMTP_URL,
    mailFrom: v.MAIL_FROM,
    logLevel: v.LOG_LEVEL,
    stripeSecretKey: v.STRIPE_SECRET_KEY,
    stripeWebhookSecrets: (v.STRIPE_WEBHOOK_SECRET ?? '').split(/[\s,]+/).filter((secret) => secret !== ''),
    stripeApiBase: v.STRIPE_API_BASE === undefined ? undefined : new URL(v.STRIPE_API_BASE),
    stripeNetworkRetries: v.STRIPE_NETWORK_RETRIES,
    invoiceFont: v.SUBLET_INVOICE_FONT,
    listingApproval: v.SUBLET_LISTING_APPROVAL,
    feeBasisPoints: v.SUBLET_FEE_BASIS_POINTS,
    interruptionNoticeSeconds: v.SUBLET_INTERRUPTION_NOTICE_SECONDS,
    planLog: v.SUBLET_PLAN_LOG,
    payouts: {
      minimumMicros: BigInt(v.SUBLET_PAYOUT_MINIMUM_CENTS) * 10_000n,
      weekday: v.SUBLET_PAYOUT_WEEKDAY,
      hour: v.SUBLET_PAYOUT_HOUR,
      reserveBasisPoints: v.SUBLET_RESERVE_BASIS_POINTS,
      reserveDays: v.SUBLET_RESERVE_DAYS,
      newHostDays: v.SUBLET_NEW_HOST_DAYS,
    },
    newAccountMicrosPerDay: dailyLimit(v.SUBLET_NEW_ACCOUNT_DOLLARS_PER_DAY, v.SUBLET_DEMO),
  };
}

/** A demo's money is not real: there the limit is as high as what can be paid in within a day. */
function dailyLimit(dollars: number | undefined, demo: boolean): bigint | null {
  const given = dollars ?? (demo ? 50_000 : 100);
  return given === 0 ? null : BigInt(given) * 1_000_000n;
}

function pemOf(text: string): string {
  if (text.startsWith('-----BEGIN')) return text.replaceAll('\\n', '\n');
  // The DER of every Ed25519 private key begins with the same bytes: no path does.
  if (text.startsWith('MC4CAQAw')) return `-----BEGIN PRIVATE KEY-----\n${text}\n-----END PRIVATE KEY-----\n`;
  return readFileSync(text, 'utf8');
}
