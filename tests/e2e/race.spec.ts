import { type Browser, expect, type Page, test } from '@playwright/test';
import { apiFor, freeOffer, renterWithMoney } from './api.ts';
import { KEY, signIn } from './people.ts';

const SECRET = 'TOKEN=only-mine';

async function renterAt(browser: Browser, baseURL: string | undefined, name: string, path: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await signIn(page, (await renterWithMoney(baseURL, name)).person);
  await page.goto(path);
  await page.getByLabel('Public key').fill(KEY);
  await page.getByLabel('Name of the booking').fill(`wanted by ${name}`);
  await page.getByLabel('Spending cap').fill('60');
  await page.getByText('Another image').click();
  await page.getByLabel('Name of the image').fill('ghcr.io/ours/ours:v2');
  await page.getByLabel('Command').fill('python "my train.py"');
  await page.getByLabel('Environment variables').fill(SECRET);
  await expect(page.getByText(/This price is kept for [45]:/)).toBeVisible();
  return page;
}

test('two renters want the last GPUs at once: one gets them, the other keeps everything typed and takes the nearest offer', async ({
  browser,
  baseURL,
}) => {
  test.setTimeout(240_000);
  const offer = await freeOffer(await apiFor(baseURL), 'race');
  const path = `/gpus/${offer.listingId}/book?gpus=${offer.gpuCount}&hours=2&disk=10`;
  const pages = [await renterAt(browser, baseURL, 'Ada', path), await renterAt(browser, baseURL, 'Grace', path)];
  for (const page of pages) await page.getByRole('button', { name: 'Review', exact: true }).click();
  for (const page of pages) await expect(page.getByRole('button', { name: 'Book', exact: true })).toBeVisible();
  await Promise.all(pages.map((page) => page.getByRole('button', { name: 'Book', exact: true }).click()));
  const lost = (page: Page) => page.getByRole('main').getByRole('alert').filter({ hasText: 'taken' });
  await expect
    .poll(
      async () => {
        const won = pages.filter((page) => page.url().includes('/bookings/bkg_')).length;
        const beaten = await Promise.all(pages.map((page) => page.getByText(/Nothing was charged/).count()));
        return `${won} won, ${beaten.filter((count) => count > 0).length} beaten`;
      },
      { timeout: 30_000 },
    )
    .toBe('1 won, 1 beaten');
  const loser = pages.find((page) => !page.url().includes('/bookings/'));
  if (loser === undefined) throw new Error('nobody lost');
  await expect(lost(loser).or(loser.getByText('Somebody else has just booked this')).first()).toBeVisible();

  await expect(loser.getByLabel('Name of the booking')).toHaveValue(/wanted by/);
  await expect(loser.getByLabel('Name of the image')).toHaveValue('ghcr.io/ours/ours:v2');
  await expect(loser.getByLabel('Environment variables')).toHaveValue(SECRET);
  const near = loser.getByRole('region', { name: 'Nearest offers, free now' });
  await expect(near.getByRole('listitem')).not.toHaveCount(0);

  await near.getByRole('link').first().click();
  await loser.waitForURL((url) => url.pathname.endsWith('/book') && !url.pathname.includes(offer.listingId));
  expect(loser.url()).not.toContain('only-mine');
  await expect(loser.getByLabel('Name of the booking')).toHaveValue(/wanted by/);
  await expect(loser.getByLabel('Name of the image')).toHaveValue('ghcr.io/ours/ours:v2');
  await expect(loser.getByLabel('Spending cap')).toHaveValue('60');
  await expect(loser.getByLabel('Command')).toHaveValue('python "my train.py"');
  await expect(loser.getByLabel('Environment variables')).toHaveValue(SECRET);
  await loser.getByRole('button', { name: 'Review', exact: true }).click();
  await loser.getByRole('button', { name: 'Book', exact: true }).click();
  await loser.waitForURL(/\/bookings\/bkg_/);
  await expect(loser.getByText('python')).toBeVisible();
  await expect(loser.getByText('$60.00').first()).toBeVisible();

  for (const page of pages) {
    await page.getByRole('button', { name: 'End…', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End booking' }).click();
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await page.context().close();
  }
});

test('a booking that is pressed twice, or made again from the page one went back to, is what was meant', async ({
  page,
  baseURL,
}) => {
  const offer = await freeOffer(await apiFor(baseURL), 'twice', (one) => one.minGpus * 2 <= one.gpuCount);
  await signIn(page, (await renterWithMoney(baseURL, 'Twice')).person);
  await page.goto(`/gpus/${offer.listingId}/book?hours=1&disk=4`);
  await page.getByLabel('Public key').fill(KEY);
  await expect(page.getByText(/This price is kept for [45]:/)).toBeVisible();
  await page.getByRole('button', { name: 'Review', exact: true }).click();
  await page.getByRole('button', { name: 'Book', exact: true }).dblclick();
  await page.waitForURL(/\/bookings\/bkg_/);
  const first = page.url();
  await page.goBack();
  await expect(page.getByText(/This price is kept for [45]:/)).toBeVisible();
  await page.getByRole('button', { name: 'Review', exact: true }).click();
  await page.getByRole('button', { name: 'Book', exact: true }).click();
  await page.waitForURL((url) => url.href.includes('/bookings/bkg_') && url.href !== first);
  await page.goto('/bookings');
  await expect(page.locator('a[href^="/bookings/bkg_"]:visible')).toHaveCount(2);
  for (const url of [first, await page.locator('a[href^="/bookings/bkg_"]:visible').first().getAttribute('href')]) {
    await page.goto(url ?? '');
    await page.getByRole('button', { name: 'End…', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End booking' }).click();
    await expect(page.getByRole('dialog')).toHaveCount(0);
  }
});
