import { expect, type Page, test } from '@playwright/test';
import { apiFor, freeOffer } from './api.ts';
import { demoPerson, KEY, PASSWORD, signIn } from './people.ts';

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

test('the price follows what is typed, and the Enter key asks for it without booking anything', async ({
  page,
  baseURL,
}) => {
  const offer = await freeOffer(await apiFor(baseURL), 'form');
  await signIn(page, demoPerson('renter'));
  await page.goto(`/gpus/${offer.listingId}/book`);
  await expect(page.getByText('16 GiB disk')).toBeVisible();
  await expect(page.getByText(/This price is kept for [45]:/)).toBeVisible();
  await page.getByLabel('Disk').fill('20');
  await expect(page.getByText('20 GiB disk')).toBeVisible();
  await page.getByLabel('For how long').pressSequentially('5');
  await expect(page.getByText('For 5 h')).toBeVisible();

  await page.getByLabel('Disk').fill('99999999');
  await expect(page.getByLabel('Disk')).toHaveAccessibleDescription(/Take at most 16 TiB of disk/);
  await page.getByLabel('Disk').fill('24');
  await expect(page.getByText('24 GiB disk')).toBeVisible();
  await expect(page.getByLabel('Disk')).not.toHaveAttribute('aria-invalid');
  await page.getByLabel('Spending cap').fill('0.001');
  await expect(page.getByText('The cap is too small')).toBeVisible();
  await page.getByLabel('Spending cap').fill('');

  await page.getByLabel('For how long').fill('6');
  await page.getByLabel('For how long').press('Enter');
  await expect(page.getByText('For 6 h')).toBeVisible();
  await page.getByLabel('Name of the booking').press('Enter');
  await expect(button(page, 'Review')).toBeVisible();
  expect(new URL(page.url()).pathname).toBe(`/gpus/${offer.listingId}/book`);
});

test('a booking is made, and ended again, with the keyboard alone', async ({ page, baseURL }) => {
  const offer = await freeOffer(await apiFor(baseURL), 'form');
  await signIn(page, demoPerson('renter'));
  await page.goto(`/gpus/${offer.listingId}/book`);
  await expect(page.getByText(/This price is kept for [45]:/)).toBeVisible();
  const reach = async (name: string) => {
    for (let presses = 0; presses < 60; presses += 1) {
      const here = await page.evaluate(() => document.activeElement?.textContent);
      if (here === name) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`the keyboard does not reach “${name}”`);
  };
  if ((await page.getByLabel('Public key').count()) > 0) await page.getByLabel('Public key').fill(KEY);
  await page.locator('#gpus').focus();
  await reach('Review');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Look at it once more' })).toBeFocused();
  await reach('Book');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/bookings\/bkg_/);
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  await reach('End…');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
  await reach('End booking');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.getByRole('link', { name: 'Book again' })).toBeVisible({ timeout: 30_000 });
});

test('who may not book is told why, beside the button', async ({ page, browser, baseURL }) => {
  const api = await apiFor(baseURL);
  const offer = await freeOffer(api, 'form');
  await page.goto('/sign-up');
  await page.getByLabel('Name').fill('Unconfirmed');
  await page.getByLabel('E-mail').fill(`e2e-${Date.now()}@example.org`);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('checkbox').check();
  await button(page, 'Create account').click();
  await page.waitForURL(/\/confirm/);
  await page.goto(`/gpus/${offer.listingId}/book`);
  await expect(page.getByText('Confirm your e-mail address first.')).toBeVisible();
  await expect(button(page, 'Review')).toHaveAttribute('aria-disabled', 'true');

  const host = await (await browser.newContext()).newPage();
  await signIn(host, demoPerson('host'));
  const own = await freeOffer(api, 'host');
  await host.goto(`/gpus/${own.listingId}/book`);
  await expect(host.getByText('This is your own machine').first()).toBeVisible();
  await expect(button(host, 'Review')).toHaveAttribute('aria-disabled', 'true');
  await host.context().close();

  const guest = await (await browser.newContext()).newPage();
  await guest.goto(`/gpus/${offer.listingId}/book?gpus=1&hours=3`);
  await expect(guest).toHaveURL(`/sign-in?next=${encodeURIComponent(`/gpus/${offer.listingId}/book?gpus=1&hours=3`)}`);
  await guest.context().close();
});
