import { expect, test } from '@playwright/test';
import { type Api, bookByApi, freeOffer, isCharged, reaches, renterWithMoney } from './api.ts';
import { looksCalm } from './look.ts';
import { demoPerson, signIn } from './people.ts';

test.describe.configure({ timeout: 480_000 });

const HOSTILE = `<img src=x onerror=alert(1)>🎉\n\n${'W'.repeat(300)}`;

const ONE_PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** A rental of a renter whose bill is closed and says something. */
async function billed(api: Api, name: string): Promise<string> {
  let passed = 0;
  // Another test takes the first of the demo host's offers.
  const offer = await freeOffer(api, 'host', () => ++passed > 1);
  const id = await bookByApi(api, offer, name);
  const bill = () => api.get<{ final: boolean; chargedMicros: string }>(`/bookings/${id}/bill`);
  await isCharged(api, id);
  await api.post(`/bookings/${id}/end`, {});
  await reaches(api, id, 'ended');
  await expect.poll(async () => (await bill()).final, { timeout: 180_000, intervals: [500] }).toBe(true);
  expect(BigInt((await bill()).chargedMicros)).toBeGreaterThan(100n);
  return id;
}

test('a host offers a part, and the renter takes it: no admin is needed', async ({ page, baseURL }) => {
  const { person: renter, api } = await renterWithMoney(baseURL, 'Agreeing');
  await signIn(page, renter);
  const id = await billed(api, 'agreed');
  await page.goto(`/bookings/${id}/bill`);
  await page.getByText('Contest…').click();
  await page.getByLabel('How much').fill('0.0001');
  await page.getByLabel('What was wrong').fill('It was slow.');
  await page.getByRole('button', { name: 'Contest the charge' }).click();
  await page.waitForURL(/\/disputes\/dsp_/);
  const dispute = new URL(page.url()).pathname;
  await expect(page.getByText('What the market recorded of this rental')).toBeVisible();

  await page.context().clearCookies();
  await signIn(page, demoPerson('host'));
  await page.goto(dispute);
  await page.getByRole('radio', { name: /Offer a part/ }).check();
  await page.getByLabel('How much, for an offer').fill('0.00006');
  await page.getByLabel('What you say').fill('For the slow start.');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByText('waits for the renter')).toBeVisible();

  await page.context().clearCookies();
  await signIn(page, renter);
  await page.goto(dispute);
  await page.getByRole('button', { name: 'Take $0.00006…' }).click();
  await page.getByRole('button', { name: 'Take it', exact: true }).click();
  await expect(page.getByText('The renter accepted the offer.')).toBeVisible();
  await looksCalm(page, dispute);
  await page.goto(`/bookings/${id}/bill`);
  await expect(page.getByRole('heading', { name: 'Credits' })).toBeVisible();
  await expect(page.getByText('$0.00006').first()).toBeVisible();
});

test('a renter contests a charge, the host offers too little, an admin decides, and the books show it', async ({
  page,
  baseURL,
}) => {
  const shouts: string[] = [];
  page.on('dialog', (dialog) => {
    shouts.push(dialog.message());
    void dialog.dismiss();
  });
  const { person: renter, api } = await renterWithMoney(baseURL, 'Contesting');
  await signIn(page, renter);
  const id = await billed(api, 'contested');

  await page.goto(`/bookings/${id}/bill`);
  await page.getByText('Contest…').click();
  await page.getByLabel('How much').fill('a lot');
  await page.getByLabel('What was wrong').fill(HOSTILE);
  await page.getByRole('button', { name: 'Contest the charge' }).click();
  await expect(page.getByText('Write the amount in dollars').first()).toBeVisible();
  await page.getByLabel('How much').fill('0.0001');
  await page.getByLabel('What was wrong').fill(HOSTILE);
  await page.getByRole('button', { name: 'Contest the charge' }).click();
  await page.waitForURL(/\/disputes\/dsp_/);
  const dispute = new URL(page.url()).pathname;
  await expect(page.getByText('waits for the host')).toBeVisible();
  await looksCalm(page, dispute);

  await page.context().clearCookies();
  await signIn(page, demoPerson('host'));
  await looksCalm(page, dispute);
  await page.getByRole('radio', { name: /Offer a part/ }).check();
  await page.getByLabel('How much, for an offer').fill('0.00002');
  await page.getByLabel('What you say').fill('It ran, as the statements say.');
  await page.getByText('Add evidence…').click();
  await page.getByLabel(/^What it is(?! about)/).fill('nvidia-smi');
  await page.getByLabel('Its text').fill(HOSTILE);
  await page.getByLabel(/^A file/).setInputFiles({ name: 'screen.png', mimeType: 'image/png', buffer: ONE_PIXEL });
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByText('It ran, as the statements say.')).toBeVisible();
  const picture = page.getByRole('img', { name: 'screen.png, sent by you' });
  await picture.scrollIntoViewIfNeeded();
  await expect.poll(() => picture.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(1);
  const alone = await page.request.get((await picture.locator('..').getAttribute('href')) ?? '');
  expect(alone.headers()).toMatchObject({
    'content-type': 'image/png',
    'content-security-policy': "sandbox; default-src 'none'",
  });
  await page.getByRole('link', { name: 'nvidia-smi' }).click();
  await expect(page.getByText('SHA-256')).toBeVisible();
  await looksCalm(page, new URL(page.url()).pathname);

  await page.context().clearCookies();
  await signIn(page, renter);
  await page.goto('/disputes?state=mine');
  await page.getByRole('link', { name: 'contested' }).click();
  await expect(page.getByText('If you say nothing by then, you get')).toBeVisible();
  await looksCalm(page, dispute);
  await page.getByRole('radio', { name: /Ask for another amount/ }).check();
  await page.getByLabel('How much, for an offer').fill('0.5');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByText('ask for less').first()).toBeVisible();
  await page.getByRole('radio', { name: /Let an admin decide/ }).check();
  await page.getByLabel('What you say').fill('No: look at the first minute.');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByText('waits for a decision')).toBeVisible();

  await page.context().clearCookies();
  await signIn(page, demoPerson('admin'));
  await page.goto('/admin/disputes');
  await page.getByRole('link', { name: 'contested' }).first().click();
  await page.waitForURL(/\/disputes\/dsp_/);
  await looksCalm(page, dispute);
  await page.getByLabel('The renter gets back').selectOption('part');
  await page.getByLabel('How much, for a part').fill('0.00004');
  await page.getByLabel('Reason').fill('The first seconds were slow.');
  await page.getByRole('button', { name: 'Decide' }).click();
  await expect(page.getByText('It is decided.')).toBeVisible();

  await page.goto('/admin/books');
  await page.getByRole('button', { name: 'Check now' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'everything adds up' })).toBeVisible();
  await page.goto(`/admin/books/transfers?cause=${dispute.split('/').at(-1)}`);
  await page.getByRole('link', { name: 'Contested, and kept until it is decided' }).first().click();
  await expect(page.getByRole('heading', { name: 'History' })).toBeVisible();

  await page.context().clearCookies();
  await signIn(page, renter);
  await page.goto(`/bookings/${id}/bill`);
  await expect(page.getByRole('heading', { name: 'Credits' })).toBeVisible();
  await expect(page.getByText('$0.00004').first()).toBeVisible();
  await looksCalm(page, `/bookings/${id}/bill`);
  expect(shouts).toEqual([]);
});
