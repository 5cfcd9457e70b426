import { expect, test } from '@playwright/test';
import { apiFor, bookByApi, freeOffer, reaches } from './api.ts';
import { axeFaults, narrowFaults } from './look.ts';
import { demoPerson, personMade, signIn } from './people.ts';

test.describe.configure({ timeout: 240_000 });

const HOUR = 3_600_000;
/** A day and a time as a field for both takes it, UTC. */
const field = (at: Date) => at.toISOString().slice(0, 16);

test('a host sets hours and takes time out by the keyboard, and is told what stands in the way', async ({
  page,
  baseURL,
}) => {
  const renter = await personMade('Ada');
  const api = await apiFor(baseURL, renter);
  await api.post('/top-ups', { amountMicros: '200000000' });
  const offer = await freeOffer(api, 'host');
  const booking = await bookByApi(api, offer, 'training');
  await signIn(page, demoPerson('host'));
  await page.goto(`/host/machines/${offer.machineId}/calendar`);
  await expect(page.getByText('open now')).toBeVisible();
  await expect(page.getByText('Days and times are those of UTC').first()).toBeVisible();
  await expect(page.getByRole('listitem').filter({ hasText: 'training' }).first()).toBeVisible();

  // From the zone to the button with Tab and Space alone: every day, from 00:00 to 00:00.
  await page.getByLabel('Time zone').fill('Europe/Berlin');
  await page.getByLabel('Time zone').press('Tab');
  for (let day = 0; day < 7; day += 1) {
    await page.keyboard.press('Space');
    await page.keyboard.press('Tab');
  }
  await page.locator('[name="opens0"]').fill('00:00');
  await page.locator('[name="closes0"]').fill('00:00');
  await page.getByRole('button', { name: 'Save calendar' }).press('Enter');
  await expect(page.getByText('Saved. It holds for what is booked from now on')).toBeVisible();
  await expect(page.getByText('Mon–Sun 00:00–24:00 (Europe/Berlin)')).toBeVisible();

  await page.locator('#from').fill(field(new Date(Date.now() + HOUR)));
  await page.locator('#to').fill(field(new Date(Date.now() + 20 * HOUR)));
  await page.getByRole('button', { name: 'Take out of the calendar' }).press('Enter');
  await expect(page.getByText('What is booked is kept').first()).toBeVisible();
  await expect(page.locator('#from')).not.toHaveValue('');
  await api.post(`/bookings/${booking}/end`, {});
  await reaches(api, booking, 'ended');
  await page.getByRole('button', { name: 'Take out of the calendar' }).press('Enter');
  await expect(page.getByText('Taken out. Nothing is rented in that time.')).toBeVisible();
  await page.getByRole('button', { name: 'Give back' }).press('Enter');
  await expect(page.getByRole('button', { name: 'Give back' })).toHaveCount(0);

  // Open always again, for whoever comes after this test.
  for (const box of await page.locator('[name="days0[]"]').all()) await box.uncheck();
  await page.locator('[name="opens0"]').fill('');
  await page.locator('[name="closes0"]').fill('');
  await page.getByRole('button', { name: 'Save calendar' }).click();
  await expect(page.getByText('Open always (Europe/Berlin)')).toBeVisible();
});

test('a renter reserves a window from the page of an offer, sees it in the calendar, and gives it back', async ({
  page,
  baseURL,
}) => {
  const renter = await personMade('Grace');
  const api = await apiFor(baseURL, renter);
  await api.post('/top-ups', { amountMicros: '200000000' });
  const offer = await freeOffer(api, 'form', ({ endsAt }) => endsAt === null);
  await signIn(page, renter);
  await page.goto(`/gpus/${offer.listingId}`);
  const starts = new Date(Math.floor(Date.now() / HOUR) * HOUR + 3 * 24 * HOUR);
  const panel = page.getByRole('region', { name: 'When it is free' });
  await expect(panel.getByRole('list', { name: 'Free windows' }).getByRole('listitem')).not.toHaveCount(0);
  await expect(panel.getByText('Free until 1 day before it begins.')).toBeVisible();
  await panel.getByLabel('Begins').fill(field(starts));
  await panel.getByLabel('Hours').fill('4');
  await panel.getByRole('button', { name: 'See the price' }).press('Enter');

  await expect(page.getByText('Giving it back is free until')).toBeVisible();
  await page
    .getByLabel('SSH public key')
    .or(page.locator('[name="publicKey"]'))
    .first()
    .fill('ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHCHLKOpSbRLmNf9PXy1kTn6GKSnzMjQ0Tgz1tP0sWqD ada@laptop');
  await page.getByRole('button', { name: 'Review', exact: true }).click();
  await page.getByRole('button', { name: 'Reserve', exact: true }).click();
  await page.waitForURL(/\/bookings\/bkg_/);
  await expect(page.getByText(/^reserved/).first()).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Reserved window' })).toBeVisible();
  const address = page.url();

  await page.goto(`/bookings/calendar?from=${starts.toISOString().slice(0, 10)}&zone=UTC`);
  await expect(page.getByRole('list', { name: 'Days' }).getByRole('link')).not.toHaveCount(0);
  expect(await axeFaults(page)).toEqual([]);
  await page.setViewportSize({ width: 320, height: 720 });
  expect(await narrowFaults(page)).toEqual([]);
  await page.setViewportSize({ width: 1280, height: 900 });

  await page.goto(address);
  await page.getByRole('button', { name: 'Give back…' }).click();
  await expect(page.getByText('It costs nothing now. All that was set aside comes back.')).toBeVisible();
  await page.getByRole('button', { name: 'Give back', exact: true }).click();
  await expect(page.getByText('You gave it back before it began.').first()).toBeVisible();
});

test('a window that cannot be had says why beside its field', async ({ page, baseURL }) => {
  const renter = await personMade('Edsger');
  const offer = await freeOffer(await apiFor(baseURL), 'form');
  await signIn(page, renter);
  await page.goto(`/gpus/${offer.listingId}/book?gpus=${offer.minGpus}&hours=4&starts=2020-01-01T10:00`);
  await expect(page.getByText('The window begins in the past.').first()).toBeVisible();
  await page.goto(`/gpus/${offer.listingId}/book?gpus=${offer.minGpus}&hours=&starts=2030-01-01T10:00`);
  await expect(page.getByText('A window that is reserved has a length: say how many hours.').first()).toBeVisible();
});
