/**
 * What we use of Stripe that is newer than the OpenAPI document of 2020-03-02, one by one, each with the page of Stripe's docs it comes from.
 * `at` is method and path; `field` is a path inside the request's body, `[]` for an item of a list.
 */
import type { Schema } from './schema.ts';

const text: Schema = { type: 'string', maxLength: 5_000 };
const words = (...values: string[]): Schema => ({ type: 'string', enum: values });
const shape = (properties: Record<string, Schema>, required: string[] = []): Schema => ({
  type: 'object',
  properties,
  required,
});

export type NewerField = {
  readonly at: string;
  readonly field: string;
  readonly schema: Schema;
  readonly page: string;
};
export type NoLongerRequired = { readonly at: string; readonly field: string; readonly page: string };
export type NewerPath = {
  readonly at: string;
  readonly body?: Schema;
  readonly query?: Readonly<Record<string, Schema>>;
  readonly page: string;
};

const CHECKOUT = 'https://docs.stripe.com/api/checkout/sessions/create';

export const NEWER_FIELDS: readonly NewerField[] = [
  {
    at: 'POST /v1/checkout/sessions',
    field: 'line_items[].price_data.product_data',
    schema: shape({ name: text, description: text, tax_code: text }, ['name']),
    page: CHECKOUT,
  },
  { at: 'POST /v1/checkout/sessions', field: 'expires_at', schema: { type: 'integer' }, page: CHECKOUT },
  { at: 'POST /v1/checkout/sessions', field: 'currency', schema: text, page: CHECKOUT },
  {
    at: 'POST /v1/checkout/sessions',
    field: 'allowed_payment_method_types',
    schema: { type: 'array', items: text },
    page: CHECKOUT,
  },
  {
    at: 'POST /v1/payment_intents',
    field: 'allowed_payment_method_types',
    schema: { type: 'array', items: text },
    page: 'https://docs.stripe.com/api/payment_intents/create',
  },
  {
    at: 'GET /v1/checkout/sessions',
    field: 'customer',
    schema: text,
    page: 'https://docs.stripe.com/api/checkout/sessions/list',
  },
  {
    at: 'GET /v1/checkout/sessions',
    field: 'status',
    schema: words('open', 'complete', 'expired'),
    page: 'https://docs.stripe.com/api/checkout/sessions/list',
  },
  {
    at: 'POST /v1/payment_intents',
    field: 'automatic_payment_methods',
    schema: shape({ enabled: { type: 'boolean' }, allow_redirects: words('always', 'never') }, ['enabled']),
    page: 'https://docs.stripe.com/api/payment_intents/create',
  },
  {
    at: 'POST /v1/refunds',
    field: 'currency',
    schema: text,
    page: 'https://docs.stripe.com/api/refunds/create',
  },
];

export const NO_LONGER_REQUIRED: readonly NoLongerRequired[] = [
  { at: 'POST /v1/checkout/sessions', field: 'payment_method_types', page: CHECKOUT },
  { at: 'POST /v1/checkout/sessions', field: 'cancel_url', page: CHECKOUT },
  { at: 'POST /v1/checkout/sessions', field: 'line_items[].price_data.product', page: CHECKOUT },
  { at: 'GET /v1/payment_methods', field: 'type', page: 'https://docs.stripe.com/api/payment_methods/list' },
];

const requested = shape({ requested: { type: 'boolean' } }, ['requested']);
const include: Schema = {
  type: 'array',
  items: words(
    'configuration.customer',
    'configuration.merchant',
    'configuration.recipient',
    'defaults',
    'future_requirements',
    'identity',
    'requirements',
  ),
};
const account = shape({
  contact_email: text,
  display_name: text,
  dashboard: words('express', 'full', 'none'),
  metadata: { type: 'object', additionalProperties: text },
  include,
  identity: shape({ country: text, entity_type: words('company', 'government_entity', 'individual', 'non_profit') }),
  defaults: shape({
    currency: text,
    locales: { type: 'array', items: text },
    profile: shape({ business_url: text, doing_business_as: text, product_description: text }),
    responsibilities: shape(
      {
        fees_collector: words('application', 'application_custom', 'application_express', 'stripe'),
        losses_collector: words('application', 'stripe'),
      },
      ['fees_collector', 'losses_collector'],
    ),
  }),
  configuration: shape({
    recipient: shape({
      capabilities: shape({ stripe_balance: shape({ stripe_transfers: requested }) }),
    }),
  }),
});
const flow = shape(
  {
    refresh_url: text,
    return_url: text,
    collection_options: shape({
      fields: words('currently_due', 'eventually_due'),
      future_requirements: words('include', 'omit'),
    }),
  },
  ['refresh_url'],
);

export const NEWER_PATHS: readonly NewerPath[] = [
  {
    at: 'POST /v1/checkout/sessions/{session}/expire',
    body: shape({ expand: { type: 'array', items: text } }),
    page: 'https://docs.stripe.com/api/checkout/sessions/expire',
  },
  {
    at: 'POST /v1/refunds/{refund}/cancel',
    body: shape({ expand: { type: 'array', items: text } }),
    page: 'https://docs.stripe.com/api/refunds/cancel',
  },
  {
    at: 'GET /v1/customers/{customer}/payment_methods',
    query: { type: text, limit: { type: 'integer' }, starting_after: text },
    page: 'https://docs.stripe.com/api/payment_methods/customer_list',
  },
  { at: 'POST /v2/core/accounts', body: account, page: 'https://docs.stripe.com/api/v2/core/accounts/create' },
  {
    at: 'GET /v2/core/accounts/{id}',
    query: { include },
    page: 'https://docs.stripe.com/api/v2/core/accounts/retrieve',
  },
  {
    at: 'GET /v2/core/accounts',
    query: { limit: { type: 'integer' }, page: text, applied_configurations: { type: 'array', items: text } },
    page: 'https://docs.stripe.com/api/v2/core/accounts/list',
  },
  { at: 'POST /v2/core/accounts/{id}', body: account, page: 'https://docs.stripe.com/api/v2/core/accounts/update' },
  {
    at: 'POST /v2/core/account_links',
    body: shape(
      {
        account: text,
        use_case: shape(
          { type: words('account_onboarding', 'account_update'), account_onboarding: flow, account_update: flow },
          ['type'],
        ),
      },
      ['account', 'use_case'],
    ),
    page: 'https://docs.stripe.com/api/v2/core/account-links/create',
  },
  {
    at: 'POST /v1/balance_settings',
    body: shape({
      payments: shape({
        debit_negative_balances: { type: 'boolean' },
        payouts: shape({ schedule: shape({ interval: words('daily', 'manual', 'monthly', 'weekly') }) }),
      }),
    }),
    page: 'https://docs.stripe.com/api/balance-settings/update',
  },
  { at: 'GET /v2/core/events/{id}', page: 'https://docs.stripe.com/api/v2/core/events/retrieve' },
];

/** Fields of answers that the document of 2020-03-02 lacks and the double gives a meaning. All others of them are as Stripe's fixtures have them. */
export const NEWER_ANSWERS: Readonly<Record<string, { readonly fields: readonly string[]; readonly page: string }>> = {
  'checkout.session': {
    fields: [
      'status',
      'payment_status',
      'url',
      'amount_total',
      'amount_subtotal',
      'currency',
      'created',
      'expires_at',
      'customer_details',
      'total_details',
      'payment_method_options',
      'ui_mode',
    ],
    page: 'https://docs.stripe.com/api/checkout/sessions/object',
  },
  payment_intent: {
    fields: ['latest_charge', 'processing', 'automatic_payment_methods', 'amount_details'],
    page: 'https://docs.stripe.com/api/payment_intents/object',
  },
  setup_intent: {
    fields: ['latest_attempt', 'automatic_payment_methods'],
    page: 'https://docs.stripe.com/api/setup_intents/object',
  },
  charge: {
    fields: ['amount_captured', 'payment_method', 'failure_balance_transaction'],
    page: 'https://docs.stripe.com/api/charges/object',
  },
  refund: {
    fields: ['destination_details', 'failure_balance_transaction', 'failure_reason'],
    page: 'https://docs.stripe.com/api/refunds/object',
  },
  dispute: {
    fields: ['payment_method_details', 'enhanced_eligibility_types'],
    page: 'https://docs.stripe.com/api/disputes/object',
  },
  balance_transaction: { fields: ['balance_type'], page: 'https://docs.stripe.com/api/balance_transactions/object' },
  account: { fields: ['controller'], page: 'https://docs.stripe.com/api/accounts/object' },
};
