import { expect, test } from '@playwright/test';
import { apiFor, freeOffer, renterWithMoney } from './api.ts';
import { KEY, signIn } from './people.ts';

test.use({ javaScriptEnabled: false });

test('without scripts the price is recalculated, nothing typed is lost, and a booking is made once', async ({
  page,
  baseURL,
}) => {
  const offer = await freeOffer(await apiFor(baseURL), 'noScript');
  await signIn(page, (await renterWithMoney(baseURL, 'Plain')).person);
  await page.goto(`/gpus/${offer.listingId}/book?disk=4`);
  await page.getByLabel('Name of the booking').fill('by hand');
  await page.getByLabel('Environment variables').fill('A=b');
  await page.getByLabel('Disk').fill('12');
  await page.getByLabel('For how long').fill('3');
  await page.getByRole('button', { name: 'Recalculate' }).click();
  await expect(page.getByText('12 GiB disk')).toBeVisible();
  await expect(page.getByText('For 3 h')).toBeVisible();
  await expect(page.getByLabel('Name of the booking')).toHaveValue('by hand');
  await expect(page.getByLabel('Environment variables')).toHaveValue('A=b');

  await page.getByLabel('For how long').fill('a while');
  await page.getByLabel('Public key').fill(KEY);
  await page.getByRole('button', { name: 'Review', exact: true }).click();
  await expect(page.getByRole('main').getByRole('alert')).toContainText('Write a number of hours');
  await expect(page.getByLabel('For how long')).toHaveValue('a while');
  await page.getByLabel('For how long').fill('3');
  await page.getByLabel('Public key').fill(KEY);
  await page.getByRole('button', { name: 'Review', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Look at it once more' })).toBeVisible();
  await page.getByRole('button', { name: 'Book', exact: true }).click();
  await page.waitForURL(/\/bookings\/bkg_/);
  await expect(page.getByRole('heading', { name: 'by hand' })).toBeVisible();
  await page.goto('/bookings');
  await expect(page.locator('a[href^="/bookings/bkg_"]:visible')).toHaveCount(1);
});
