import { expect, type Page, test } from '@playwright/test';
import { type RunningMarket, startMarket } from '#tests/support/running-market.ts';
import { type StripeDouble, startStripeDouble } from '#tests/support/stripe-double/server.ts';
import { axeFaults, narrowFaults, prefer, shot } from './look.ts';
import { demoPerson, signIn } from './people.ts';

let market: RunningMarket;
let double: StripeDouble;

test.beforeAll(async () => {
  test.setTimeout(300_000);
  double = await startStripeDouble();
  market = await startMarket(double.env);
  Object.assign(double.webhooks.manner, { mode: 'auto', url: `${market.url}/api/webhooks/stripe`, copies: 2 });
});
test.afterAll(async () => {
  await market?.stop();
  await double?.close();
});

/** Goes to the provider's page for so many dollars. */
async function toCheckout(page: Page, dollars: string): Promise<void> {
  await page.getByLabel('Amount').first().fill(dollars);
  await page.getByRole('button', { name: 'Pay by card' }).click();
  await page.waitForURL(`${double.url}/pay/**`);
}

for (const javaScriptEnabled of [true, false]) {
  test(`a renter pays by card ${javaScriptEnabled ? 'with' : 'without'} scripts, after a card that declined`, async ({
    browser,
  }) => {
    const context = await browser.newContext({ baseURL: market.url, javaScriptEnabled });
    const page = await context.newPage();
    await signIn(page, demoPerson('renter'));
    await expect(page.getByText('no real money is taken')).toBeVisible();
    await toCheckout(page, '25.50');
    await page.getByRole('button', { name: 'Pay with a card that declines' }).click();
    await expect(page.getByRole('alert')).toContainText('declined');
    await page.getByRole('button', { name: 'Pay', exact: true }).click();
    await page.waitForURL(/\/wallet\/top-ups\/top_/);
    await expect(async () => {
      if (!javaScriptEnabled) await page.reload();
      await expect(page.getByText('are in your wallet')).toBeVisible({ timeout: 1_000 });
    }).toPass();
    await expect(page.getByText('Visa ending in 4242')).toBeVisible();
    await expect(page.getByRole('link', { name: 'Receipt of the payment provider' })).toBeVisible();
    await context.close();
  });
}

test('a renter saves a card, has the wallet filled by itself, and gets money back', async ({ browser }) => {
  test.setTimeout(180_000);
  const context = await browser.newContext({ baseURL: market.url });
  const page = await context.newPage();
  await signIn(page, demoPerson('host'));
  await page.getByRole('button', { name: 'Save a card' }).click();
  await page.waitForURL(`${double.url}/pay/**`);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.waitForURL(`${market.url}/wallet`);
  await expect(async () => {
    await page.reload();
    await expect(page.getByRole('button', { name: 'Remove Visa ending in 4242' })).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await page.getByLabel('When less is free than').fill('9000');
  await page.getByRole('button', { name: 'Switch on' }).click();
  await expect(page.getByText('topped up by itself from now on')).toBeVisible();
  await expect(async () => {
    await page.reload();
    await expect(page.getByRole('main').getByText('$25.00').first()).toBeVisible({ timeout: 1_000 });
    await expect(page.getByRole('button', { name: 'Give back' })).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 60_000 });
  await page.getByLabel('Amount').nth(1).fill('10');
  await page.getByRole('button', { name: 'Give back' }).click();
  await expect(page.getByText('are on their way to your card')).toBeVisible();
  await page.reload();
  await shot(page, 'wallet');
  for (const colorScheme of ['light', 'dark'] as const) {
    await prefer(page, colorScheme);
    expect(await axeFaults(page, colorScheme === 'light' ? 'everything' : 'colours')).toEqual([]);
  }
  await page.setViewportSize({ width: 320, height: 800 });
  expect(await narrowFaults(page)).toEqual([]);
  await page
    .getByRole('link', { name: /receipt/ })
    .first()
    .click();
  await expect(page.getByRole('heading', { name: 'Payment', level: 1 })).toBeVisible();
  expect(await narrowFaults(page)).toEqual([]);
  await context.close();
});
