import { expect, test } from '@playwright/test';
import { apiFor, bookByApi, freeOffer, reaches } from './api.ts';
import { axeFaults, narrowFaults } from './look.ts';
import { personMade, signIn } from './people.ts';

async function twoRentals(baseURL: string | undefined, name: string) {
  const renter = await personMade(name);
  const api = await apiFor(baseURL, renter);
  await api.post('/top-ups', { amountMicros: '200000000' });
  const offer = await freeOffer(api, 'metrics', (one) => one.gpuCount >= 2 * one.minGpus);
  const first = await bookByApi(api, offer, 'first of two');
  const second = await bookByApi(api, offer, 'second of two');
  await reaches(api, second, 'connectable');
  return { renter, api, first, second };
}

test('a renter finds bookings in the list, sees what they use, and stops several after reading what it means', async ({
  page,
  baseURL,
}) => {
  test.setTimeout(180_000);
  const { renter, api, first, second } = await twoRentals(baseURL, 'lister');
  await signIn(page, renter);
  await page.goto('/bookings');
  const table = page.getByRole('table', { name: 'Live bookings' });
  // The first figures of a rental come some seconds after its shell; nobody loads the page again, and nothing moves for them.
  const height = () => table.evaluate((node) => node.getBoundingClientRect().height);
  const before = await height();
  await expect(table.getByRole('meter', { name: 'VRAM' }).first()).toBeVisible({ timeout: 45_000 });
  expect(await height()).toBe(before);
  await expect(page.getByText('Together', { exact: true })).toBeVisible();

  await page.getByLabel('Name, image or machine').fill('SECOND');
  await page.keyboard.press('Enter');
  await page.waitForURL(/find=SECOND/);
  await expect(table.getByRole('row')).toHaveCount(2);
  await page.getByLabel('State').selectOption('stopped');
  await page.getByRole('button', { name: 'Filter' }).click();
  await expect(page.getByText('No such bookings')).toBeVisible();
  await page.getByRole('link', { name: 'Show all of them' }).click();

  await page.getByRole('button', { name: 'Stop…' }).click();
  await expect(page.getByText('Choose bookings in the list first.')).toBeVisible();
  await table.getByLabel('Choose first of two').check();
  await table.getByLabel('Choose second of two').check();
  await expect(page.getByText('2 chosen')).toBeVisible();
  await page.getByRole('button', { name: 'Stop…' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText(/The disk is kept for \$/)).toHaveCount(2);
  await expect(dialog.getByText(/less\. If one of them cannot be changed/)).toBeVisible();
  expect(await axeFaults(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Stop 2 bookings' }).click();
  await expect(dialog.getByRole('status').getByText('Stopping. Its disk is kept.')).toHaveCount(2);
  for (const id of [first, second]) await reaches(api, id, 'stopped');

  await page.setViewportSize({ width: 320, height: 700 });
  await page.goto('/bookings');
  await expect.poll(() => narrowFaults(page)).toEqual([]);
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('the same is asked on a page of its own, which says what became of each', async ({ page, baseURL }) => {
    test.setTimeout(180_000);
    const { renter, api, first } = await twoRentals(baseURL, 'lister by hand');
    await api.post(`/bookings/${first}/stop`, {});
    await signIn(page, renter);
    await page.goto('/bookings');
    const table = page.getByRole('table', { name: 'Live bookings' });
    await table.getByLabel('Choose first of two').check();
    await table.getByLabel('Choose second of two').check();
    await page.getByRole('button', { name: 'Stop…' }).click();
    await page.waitForURL(/\/bookings\/several\?/);
    await expect(page.getByText('Left as it is: It is stopped already.')).toBeVisible();
    await page.getByRole('button', { name: 'Stop 1 booking' }).click();
    await expect(page.getByRole('status').getByText('Stopping. Its disk is kept.')).toBeVisible();
  });
});
