import { expect, test } from '@playwright/test';
import { isAlive } from './alive.ts';
import { apiFor, freeOffer } from './api.ts';
import { axeFaults, narrowFaults, prefer } from './look.ts';

test('somebody reads an offer: what it is, dated, how reliable it was day by day, what it costs, and who offers it', async ({
  page,
  baseURL,
}) => {
  const api = await apiFor(baseURL);
  const offer = await freeOffer(api, 'host');
  await page.goto(`/gpus/${offer.listingId}`);
  const facts = page.getByRole('region', { name: 'What you get' });
  for (const group of ['Compute', 'Memory', 'Host machine', 'Network', 'Terms'])
    await expect(facts.getByRole('heading', { name: group })).toBeVisible();
  await expect(facts.getByText(/^measured/).first()).toBeVisible();
  // Nothing of where things are on the host's disk.
  await expect(page.getByRole('region', { name: 'Self-test' })).not.toContainText(/(^|\s)\/(home|root|var|tmp|opt)\//);

  // The bars are one stop for the keyboard, and every day can be read.
  const bars = page.getByRole('slider', { name: 'The last 90 days, day by day' });
  await isAlive(bars);
  await bars.focus();
  await expect(bars).toHaveAttribute('aria-valuenow', '90');
  await page.keyboard.press('Home');
  await expect(bars).toHaveAttribute('aria-valuetext', /: (not offered, so nothing is known|.+ %, )/);
  await page.keyboard.press('ArrowRight');
  await expect(bars).toHaveAttribute('aria-valuenow', '2');
  await page.getByRole('region', { name: 'Reliability' }).getByText('In words').click();
  await expect(page.getByText(/Offered on \d+ of 90 days/)).toBeVisible();

  // What so many hours cost stands there while they are typed.
  const price = page.getByRole('region', { name: 'Price' });
  await expect(price.getByText('A day while stopped')).toBeVisible();
  await isAlive(price.getByLabel('Hours'));
  await price.getByLabel('Hours').fill('100');
  await expect(price.getByText('100 hours')).toBeVisible();
  const total = await price.getByText('100 hours').locator('xpath=ancestor::div[1]/dd').textContent();
  await price.getByLabel('Hours').fill('50');
  await expect(price.getByText('50 hours')).toBeVisible();
  expect(await price.getByText('50 hours').locator('xpath=ancestor::div[1]/dd').textContent()).not.toBe(total);

  const host = page.getByRole('region', { name: 'Host', exact: true });
  await expect(host).toContainText('Demo Host');
  await expect(host).toContainText('Reliability of all of them');
  await expect(page.getByRole('region', { name: 'Ending and giving back' })).toContainText('hour of notice');
  await page.getByText('As an API call').click();
  await expect(page.getByRole('region', { name: 'This offer' })).toContainText(`/api/v1/listings/${offer.listingId}`);

  expect(await axeFaults(page)).toEqual([]);
  await prefer(page, 'dark');
  expect(await axeFaults(page, 'colours')).toEqual([]);
  await page.setViewportSize({ width: 320, height: 700 });
  await expect.poll(() => narrowFaults(page)).toEqual([]);
});
