import { expect, test } from '@playwright/test';
import { bookByApi, freeOffer, isCharged, reaches, renterWithMoney } from './api.ts';
import { looksCalm } from './look.ts';
import { demoPerson, signIn } from './people.ts';

test.describe.configure({ timeout: 480_000 });

test('a renter reviews a rental, reads nothing before the host wrote, and everybody reads it then', async ({
  page,
  baseURL,
}) => {
  const { person, api } = await renterWithMoney(baseURL, 'Reviewing');
  await signIn(page, person);
  let passed = 0;
  const offer = await freeOffer(api, 'host', () => ++passed > 1);
  const id = await bookByApi(api, offer, 'reviewed');
  await isCharged(api, id);
  await api.post(`/bookings/${id}/end`, {});
  await reaches(api, id, 'ended');

  await page.goto(`/bookings/${id}`);
  await expect(page.getByText('How was it?')).toBeVisible();
  await page.getByRole('link', { name: 'Review', exact: true }).click();
  await page.waitForURL(/\/review$/);
  for (const label of ['As described', 'Start-up', 'Stability', 'Network', 'Support'])
    await page.getByLabel(label).selectOption('5');
  await page.getByLabel('Value').selectOption('2');
  await page.getByLabel('What others should know').fill('It ran as it said.');
  await page.getByRole('button', { name: 'Write the review' }).click();
  await expect(page.getByText('asks for a reason').first()).toBeVisible();
  await page.getByLabel('Why not more').fill('A little dear.');
  await page.getByRole('button', { name: 'Write the review' }).click();
  await expect(page.getByRole('button', { name: 'Change the review' })).toBeVisible();
  await looksCalm(page, `/bookings/${id}/review`);
  await page.goto(`/gpus/${offer.listingId}/reviews`);
  await expect(page.getByText('It ran as it said.')).toHaveCount(0);

  await page.context().clearCookies();
  await signIn(page, demoPerson('host'));
  await page.goto('/reviews');
  await looksCalm(page, '/reviews');
  await page.goto(`/bookings/${id}/review`);
  await expect(page.getByText('It is written. You read it when')).toBeVisible();
  await page.getByLabel('Conduct of the renter').selectOption('4');
  await page.getByRole('button', { name: 'Write the review' }).click();
  await expect(page.getByText('It ran as it said.')).toBeVisible();
  await page.getByLabel('Your reply').fill('Thank you; prices fall soon.');
  await page.getByRole('button', { name: 'Reply' }).click();
  await expect(page.getByText('Thank you; prices fall soon.')).toBeVisible();
  await looksCalm(page, `/bookings/${id}/review`);

  await page.context().clearCookies();
  await page.goto(`/gpus/${offer.listingId}`);
  await expect(page.getByText('It ran as it said.')).toBeVisible();
  await expect(page.getByText('Thank you; prices fall soon.')).toBeVisible();
  await looksCalm(page, `/gpus/${offer.listingId}/reviews`);
});
