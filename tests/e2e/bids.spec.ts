import { expect, type Page, test } from '@playwright/test';
import { apiFor, freeOffer } from './api.ts';
import { sql } from './database.ts';
import { axeFaults, narrowFaults } from './look.ts';
import { demoPerson, KEY, personMade, signIn } from './people.ts';

test.describe.configure({ timeout: 240_000 });

async function isWell(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  expect(await axeFaults(page), path).toEqual([]);
  await page.setViewportSize({ width: 320, height: 800 });
  expect(await narrowFaults(page), `${path} at 320 px`).toEqual([]);
  await page.setViewportSize({ width: 1280, height: 800 });
}

test('a bid is made, runs, yields to somebody who books, and is taken back', async ({ page, baseURL }) => {
  const renter = await personMade('Bidder');
  const api = await apiFor(baseURL, renter);
  await api.post('/top-ups', { amountMicros: '200000000' });
  await api.post('/ssh-keys', { publicKey: KEY });
  const offer = await freeOffer(api, 'bids', ({ gpuCount, minGpus }) => gpuCount <= 4 && minGpus === 1);
  await sql('UPDATE listings SET takes_bids = true WHERE id = $1', [offer.listingId]);
  await signIn(page, renter);
  await page.goto(`/gpus/${offer.listingId}`);
  await page.getByRole('link', { name: 'Bid for it' }).click();
  await page.waitForURL(/\/bids\/new/);
  await page.getByRole('button', { name: 'Bid', exact: true }).click();
  await expect(page.getByLabel('Your bid')).toHaveAccessibleDescription(/Write an amount in dollars/);
  await page.getByLabel('Your bid').fill('20');
  await page.getByRole('textbox', { name: 'GPUs' }).fill(String(offer.gpuCount));
  await expect(page.getByRole('form', { name: 'Bid' }).getByText(`$${offer.gpuCount * 20}.00`)).toBeVisible();
  await page.getByLabel('Name of the bid').fill('night run');
  await isWell(page, `/bids/new?listing=${offer.listingId}`);
  await page.goto(`/bids/new?listing=${offer.listingId}`);
  await page.getByLabel('Your bid').fill('20');
  await page.getByRole('textbox', { name: 'GPUs' }).fill(String(offer.gpuCount));
  await page.getByLabel('Name of the bid').fill('night run');
  await page.getByRole('button', { name: 'Bid', exact: true }).click();
  await page.waitForURL('/bids');
  await expect(page.getByText('running', { exact: true }).first()).toBeVisible({ timeout: 90_000 });
  await isWell(page, '/bids');
  await isWell(page, '/interruptible?gpus=1&bid=0.5');
  await expect(page.getByText(/too little to tell odds|No history yet/).first()).toBeVisible();

  const other = await personMade('Booker');
  const booker = await apiFor(baseURL, other);
  await booker.post('/top-ups', { amountMicros: '200000000' });
  await booker.post('/ssh-keys', { publicKey: KEY });
  const size = { gpuCount: 1, diskBytes: String(8 * 2 ** 30), durationSeconds: 3_600 };
  const quote = await booker.post<{ id: string }>('/quotes', { listingId: offer.listingId, ...size });
  await booker.post('/bookings', { quoteId: quote.id, image: 'ubuntu:24.04', name: 'on demand' });
  await page.goto('/bids');
  await expect(page.getByText('yielding', { exact: true }).first()).toBeVisible();
  await page.getByRole('link', { name: offer.machineName }).click();
  await page.waitForURL(/\/bookings\/bkg_/);
  await expect(page.getByText('Somebody booked the machine on demand.').first()).toBeVisible();
  await isWell(page, new URL(page.url()).pathname);
  await page.goto('/bids');
  await page.getByRole('button', { name: 'Take back…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Take back' }).click();
  await expect(page.getByText('No open bids')).toBeVisible();
});

test('a host says whether a machine takes bids, and what it runs while nobody rents it', async ({ page, baseURL }) => {
  const offer = await freeOffer(await apiFor(baseURL), 'host');
  await signIn(page, demoPerson('host'));
  const path = `/host/machines/${offer.machineId}/settings`;
  await isWell(page, path);
  await page.getByLabel('The least you take').fill('nothing');
  await page.getByRole('button', { name: 'Save', exact: true }).first().click();
  await expect(page.getByLabel('The least you take')).toHaveAccessibleDescription(/Write an amount in dollars/);
  await page.getByLabel('The least you take').fill('0.05');
  await page.getByLabel('Give idle GPUs to whoever bids').check();
  await page.getByRole('button', { name: 'Save', exact: true }).first().click();
  await expect(page.getByText('Saved. Idle GPUs go to whoever bids.')).toBeVisible();
  await page.getByLabel('Image').fill('ubuntu:24.04');
  const job = page.locator('form').filter({ has: page.getByLabel('Command') });
  await job.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Saved. It runs as soon as nobody rents the machine.')).toBeVisible();
  await expect(page.getByText('running', { exact: true }).first()).toBeVisible({ timeout: 60_000 });
  await isWell(page, path);
  await page.getByRole('button', { name: 'Run nothing' }).click();
  await expect(page.getByText('The machine runs nothing of yours from now on.')).toBeVisible();
});
