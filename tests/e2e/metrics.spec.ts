import { expect, type Page, test } from '@playwright/test';
import { apiFor, bookByApi, freeOffer, reaches } from './api.ts';
import { sql } from './database.ts';
import { axeFaults, narrowFaults, prefer } from './look.ts';
import { personMade, signIn } from './people.ts';

const metrics = (page: Page) => page.getByRole('region', { name: /^Metrics/ });
const logs = (page: Page) => page.getByRole('region', { name: 'Logs', exact: true });

/** Somebody with a running rental of a simulated GPU, signed in. */
async function renting(page: Page, baseURL: string | undefined, name: string) {
  const renter = await personMade(name);
  const api = await apiFor(baseURL, renter);
  await api.post('/top-ups', { amountMicros: '200000000' });
  const id = await bookByApi(api, await freeOffer(api, 'metrics'), name);
  await reaches(api, id, 'connectable');
  await signIn(page, renter);
  return { api, id, renter };
}

test('a renter watches what a rental uses: live, over other ranges, as a table, in the dark and on a phone', async ({
  page,
  baseURL,
}) => {
  test.setTimeout(180_000);
  const { id } = await renting(page, baseURL, 'watched');
  await page.goto(`/bookings/${id}/metrics`);
  // What draws is loaded when the charts come into view.
  await metrics(page).scrollIntoViewIfNeeded();
  await expect(metrics(page).locator('canvas')).toHaveCount(8);
  await expect(metrics(page).getByText('simulated')).toBeVisible();

  // New figures come without anybody reloading the page.
  await metrics(page).getByText('As a table').click();
  const now = metrics(page).getByRole('row', { name: /^CPU/ }).getByRole('cell').first();
  await expect(now).toHaveText(/threads/, { timeout: 20_000 });
  const seen = await now.textContent();
  await expect(now).not.toHaveText(seen ?? '', { timeout: 20_000 });
  await expect(metrics(page).getByRole('row', { name: /^GPU/ }).first()).toContainText('%');
  expect(await axeFaults(page)).toEqual([]);

  await metrics(page).getByRole('link', { name: '24 hours' }).click();
  await page.waitForURL(/metrics=24h/);
  await expect(metrics(page).getByRole('link', { name: '24 hours' })).toHaveAttribute('aria-current', 'true');
  await expect(metrics(page).locator('canvas')).toHaveCount(8);

  await prefer(page, 'dark');
  expect(await axeFaults(page, 'colours')).toEqual([]);
  await page.setViewportSize({ width: 320, height: 700 });
  await expect.poll(() => narrowFaults(page)).toEqual([]);
});

test('a renter reads, pauses, searches and keeps a log, and has the rental stopped when it idles', async ({
  page,
  baseURL,
}) => {
  test.setTimeout(180_000);
  const { api, id } = await renting(page, baseURL, 'logged');
  const print = (offset: number, stream: string, text: string) =>
    sql(
      'INSERT INTO log_chunks (booking_id, "offset", stream, text, at) VALUES ($1, $2, $3, $4, now()) RETURNING text',
      [id, offset, stream, text],
    );
  await page.goto(`/bookings/${id}/logs`);
  const lines = page.getByLabel('Lines of the log');
  await print(1_000, 'stdout', 'step 1 loss 0.91\nstep 2 loss 0.8');
  await print(1_040, 'stderr', 'warning: slow disk\n');
  await print(1_060, 'stdout', '7\n');
  await expect(lines.getByText('step 2 loss 0.87')).toBeVisible();
  // A line says when, and where from, not by its colour alone.
  const warning = lines.getByRole('listitem').filter({ hasText: 'slow disk' });
  await expect(warning).toContainText('err');
  await expect(warning.locator('time')).toHaveText(/^\d\d:\d\d:\d\d$/);
  await logs(page).getByLabel('Times').uncheck();
  await expect(warning.locator('time')).toHaveCount(0);

  await logs(page).getByRole('button', { name: 'Pause' }).click();
  await print(1_100, 'stdout', 'step 3 loss 0.80\n');
  await logs(page).getByRole('button', { name: 'Follow (1 new)' }).click();
  await expect(lines.getByText('step 3 loss 0.80')).toBeVisible();
  await logs(page).getByLabel('Which lines').selectOption('stderr');
  await expect(lines.getByText('step 3')).toHaveCount(0);
  await expect(lines.getByText('slow disk')).toBeVisible();
  await logs(page).getByLabel('Which lines').selectOption('');

  await logs(page).getByLabel('Look for a text in the log').fill('LOSS 0.8');
  await page.keyboard.press('Enter');
  await page.waitForURL(/find=LOSS/);
  await expect(logs(page).getByRole('status')).toContainText('2 lines hold “LOSS 0.8”.');
  await expect(lines.getByRole('listitem')).toHaveCount(2);
  await logs(page).getByRole('link', { name: 'Show the whole log' }).click();
  await expect(lines.getByText('step 1')).toBeVisible();
  await expect(logs(page)).toContainText('The newest 8 MiB are kept, until 14 days after the end of the booking.');

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    logs(page).getByRole('link', { name: 'Download' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe(`${id}.log`);
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks).toString()).toMatch(/^\S+Z stderr warning: slow disk$/m);

  await page.goto(`/bookings/${id}/settings`);
  const panel = page.getByRole('region', { name: 'Idle guard' });
  await panel.getByLabel('Stop it then').check();
  await panel.getByRole('button', { name: 'Save' }).click();
  await expect(panel.getByRole('status')).toContainText('It will be stopped when its GPUs idle.');
  await page.reload();
  await expect(panel.getByLabel('Stop it then')).toBeChecked();
  expect(await api.get(`/bookings/${id}/idle-guard`)).toEqual({ stops: true, noticedAt: null });
});
