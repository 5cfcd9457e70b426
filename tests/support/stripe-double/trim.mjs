/**
 * Cuts Stripe's OpenAPI document and fixtures down to what the double speaks of. Run it again when the double learns a path:
 * `node tests/support/stripe-double/trim.mjs SPEC3_JSON FIXTURES3_JSON`, with the two files of github.com/stripe/openapi.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const PATHS = {
  '/v1/customers': ['get', 'post'],
  '/v1/customers/{customer}': ['get', 'post', 'delete'],
  '/v1/checkout/sessions': ['get', 'post'],
  '/v1/checkout/sessions/{session}': ['get'],
  '/v1/payment_intents': ['get', 'post'],
  '/v1/payment_intents/{intent}': ['get', 'post'],
  '/v1/payment_intents/{intent}/confirm': ['post'],
  '/v1/payment_intents/{intent}/cancel': ['post'],
  '/v1/setup_intents': ['get', 'post'],
  '/v1/setup_intents/{intent}': ['get'],
  '/v1/payment_methods': ['get', 'post'],
  '/v1/payment_methods/{payment_method}': ['get'],
  '/v1/payment_methods/{payment_method}/attach': ['post'],
  '/v1/payment_methods/{payment_method}/detach': ['post'],
  '/v1/charges': ['get'],
  '/v1/charges/{charge}': ['get'],
  '/v1/refunds': ['get', 'post'],
  '/v1/refunds/{refund}': ['get', 'post'],
  '/v1/disputes': ['get'],
  '/v1/disputes/{dispute}': ['get', 'post'],
  '/v1/disputes/{dispute}/close': ['post'],
  '/v1/balance': ['get'],
  '/v1/balance_transactions': ['get'],
  '/v1/balance_transactions/{id}': ['get'],
  '/v1/accounts/{account}': ['get'],
  '/v1/transfers': ['get', 'post'],
  '/v1/transfers/{transfer}': ['get', 'post'],
  '/v1/transfers/{id}/reversals': ['get', 'post'],
  '/v1/payouts': ['get', 'post'],
  '/v1/payouts/{payout}': ['get', 'post'],
  '/v1/payouts/{payout}/cancel': ['post'],
  '/v1/events': ['get'],
  '/v1/events/{id}': ['get'],
};
const RESOURCES = [
  'account',
  'balance',
  'balance_transaction',
  'charge',
  'checkout.session',
  'customer',
  'deleted_customer',
  'dispute',
  'event',
  'payment_intent',
  'payment_method',
  'payout',
  'refund',
  'setup_intent',
  'transfer',
  'transfer_reversal',
];

const [specPath, fixturesPath] = process.argv.slice(2);
if (specPath === undefined || fixturesPath === undefined) throw new Error('Usage: trim.mjs SPEC3_JSON FIXTURES3_JSON');
const spec = JSON.parse(readFileSync(specPath, 'utf8'));
const fixtures = JSON.parse(readFileSync(fixturesPath, 'utf8'));

/** A schema without prose: what a machine checks. */
function bare(schema) {
  if (Array.isArray(schema)) return schema.map(bare);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(
        ([key, value]) =>
          !(key === 'description' && typeof value === 'string') && key !== 'title' && !key.startsWith('x-'),
      )
      .map(([key, value]) => [key, bare(value)]),
  );
}

const paths = {};
for (const [path, methods] of Object.entries(PATHS)) {
  paths[path] = Object.fromEntries(
    methods.map((method) => {
      const { parameters = [], requestBody } = spec.paths[path][method];
      const body = requestBody?.content['application/x-www-form-urlencoded']?.schema;
      return [
        method,
        {
          query: parameters
            .filter((parameter) => parameter.in === 'query')
            .map(({ name, required, schema }) => ({ name, required, schema: bare(schema) })),
          ...(body === undefined ? {} : { body: bare(body) }),
        },
      ];
    }),
  );
}
const schemas = {};
for (const name of RESOURCES) {
  const { properties, required } = spec.components.schemas[name] ?? { properties: {}, required: [] };
  schemas[name] = { properties: Object.keys(properties), required };
}
const about = {
  source: 'github.com/stripe/openapi',
  licence: 'MIT',
  version: spec.info.version,
  trimmedBy: 'trim.mjs',
};
const folder = new URL('./fixtures/', import.meta.url);
const write = (name, value) => writeFileSync(new URL(name, folder), `${JSON.stringify(value)}\n`);
write('spec3.trimmed.json', { about, paths, schemas });
write('fixtures3.trimmed.json', {
  about,
  resources: Object.fromEntries(RESOURCES.map((name) => [name, fixtures.resources[name]])),
});
