import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, type Page, test } from '@playwright/test';
import { apiFor, freeOffer, type Offer } from './api.ts';
import { KEY, personMade, signIn, signUp } from './people.ts';

const run = promisify(execFile);

const fact = (page: Page, label: string) =>
  page.getByRole('term').filter({ hasText: label }).locator('xpath=following-sibling::dd').first();
const tab = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Parts of this booking' }).getByRole('link', { name, exact: true });
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

async function choose(page: Page, offer: Offer): Promise<void> {
  await page.goto('/gpus');
  await page.goto(`/gpus?model=${encodeURIComponent(offer.gpuModel)}`);
  await page.locator(`a[href="/gpus/${offer.listingId}"]:visible`).first().click();
  await page.waitForURL(`/gpus/${offer.listingId}`);
  const now = page.locator('form').filter({ has: button(page, 'See the whole price') });
  await now.getByLabel('Hours').fill('2');
  await button(page, 'See the whole price').click();
  await page.waitForURL(/\/book\?/);
}

type Shifting = Window & { shifted?: number };

/** Adds up by how much the page moves under the eyes of whoever reads it. */
async function watchShifts(page: Page): Promise<void> {
  await page.evaluate(() => {
    const here = window as Shifting;
    here.shifted = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number })[])
        here.shifted = (here.shifted ?? 0) + entry.value;
    }).observe({ type: 'layout-shift' });
  });
}

test('somebody new rents a GPU, connects, stops, starts, ends, and reads a bill that follows from signed statements', async ({
  page,
  baseURL,
}) => {
  test.setTimeout(150_000);
  const offer = await freeOffer(await apiFor(baseURL), 'walk');
  await signUp(page);
  await choose(page, offer);

  // Neither money nor key yet: both are asked for here, and what was typed stays.
  await page.getByLabel('Name of the booking').fill('first run');
  await page.getByLabel('Environment variables').fill('HF_TOKEN=secret-one\nMODE=dry');
  await expect(page.getByText('more is needed in your wallet')).toBeVisible();
  await page.getByLabel('Amount').fill('40');
  await button(page, 'Add money').click();
  await expect(page.getByRole('status').filter({ hasText: '$40.00 were added' })).toBeVisible();
  await button(page, 'Review').click();
  await expect(page.getByRole('main').getByRole('alert')).toContainText('You have no SSH key yet');
  await expect(page.getByLabel('Name of the booking')).toHaveValue('first run');
  await expect(page.getByLabel('Environment variables')).toHaveValue('HF_TOKEN=secret-one\nMODE=dry');
  await page.getByLabel('Public key').fill(KEY);
  // 529 MB in six layers, at 120 MB/s: about as much as any has, so that what is seen while it comes is seen on a busy machine, too.
  await page.getByText('Another image').click();
  await page.getByLabel('Name of the image').fill('ghcr.io/ours/trainer:v105856');
  await expect(page.getByText(/This price is kept for [45]:/)).toBeVisible();
  await button(page, 'Review').click();
  // Everything once more, names of variables but not what they hold, and a way back to it that loses nothing.
  const review = page.getByRole('region', { name: 'Look at it once more' });
  await expect(review.getByRole('heading', { name: 'Look at it once more' })).toBeFocused();
  await expect(review).toContainText('HF_TOKEN, MODE');
  await expect(review).toContainText('ghcr.io/ours/trainer:v105856');
  await expect(review).toContainText('is set aside when you book');
  await expect(review).not.toContainText('secret-one');
  await button(page, 'Change something').click();
  await expect(page.getByLabel('Environment variables')).toHaveValue('HF_TOKEN=secret-one\nMODE=dry');
  await button(page, 'Review').click();
  await expect(page.getByText(/This price, and the money for it, are kept for [45]:/)).toBeVisible();
  await button(page, 'Book').click();
  await page.waitForURL(/\/bookings\/bkg_/);

  // From the phases to the shell, without anybody reloading the page.
  await expect(page.getByRole('heading', { name: 'first run' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Getting it ready' })).toBeVisible();
  await expect(page.getByText('Nothing is billed until the shell answers.')).toBeVisible();
  await expect(page.getByText('of 6 layers')).toBeVisible();
  await watchShifts(page);
  await expect(page.getByRole('heading', { name: 'Connect' })).toBeVisible({ timeout: 40_000 });
  await expect(page.getByText('running', { exact: false }).first()).toBeVisible();
  // https://web.dev/articles/cls calls up to 0.1 good.
  expect(await page.evaluate(() => (window as Shifting).shifted)).toBeLessThan(0.1);
  expect(await page.content()).not.toContain('secret-one');

  const line = await page.getByRole('region', { name: 'In a terminal' }).locator('pre').textContent();
  const [ssh = '', ...words] = (line ?? '').trim().split(' ');
  expect(ssh).toBe('ssh');
  const said = await run(ssh, [
    '-o',
    'BatchMode=yes',
    '-o',
    'StrictHostKeyChecking=no',
    '-o',
    'UserKnownHostsFile=/dev/null',
    ...words,
    'true',
  ]).catch((error: { stderr: string }) => error);
  expect(said.stderr).toContain('This host is simulated');

  // Each part has an address and a title of its own, and reading goes on at the name.
  await tab(page, 'Logs').click();
  await page.waitForURL(/\/logs$/);
  await expect(page).toHaveTitle(/^Logs of first run/);
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  await expect(tab(page, 'Logs')).toHaveAttribute('aria-current', 'page');
  await expect(page.getByLabel('Lines of the log')).toContainText('would start here');
  expect(await page.content()).not.toContain('secret-one');
  await tab(page, 'Events').click();
  await expect(page.getByText('The shell answers: billing begins')).toBeVisible();

  // Locked, it is not ended by hand; unlocked, it can be.
  await tab(page, 'Settings').click();
  await button(page, 'Lock it').click();
  await expect(button(page, 'Unlock')).toBeVisible();
  await expect(button(page, 'End…')).toHaveAttribute('aria-disabled', 'true');
  await expect(page.getByText('Locked: unlock it in Settings.')).toBeVisible();
  await button(page, 'Unlock').click();
  await expect(button(page, 'End…')).not.toHaveAttribute('aria-disabled');
  await page.getByText('As an API call').click();
  await expect(page.getByRole('region', { name: 'Lock it against ending' })).toContainText('/end-lock');

  await tab(page, 'Billing').click();
  await page.waitForURL(/\/billing$/);
  await expect(fact(page, 'Billed now')).toHaveText('GPU and disk');
  await button(page, 'Stop…').click();
  await expect(page.getByRole('dialog')).toContainText('The disk is kept, for $');
  await page.getByRole('dialog').getByRole('button', { name: 'Stop' }).click();
  await expect(button(page, 'Start…')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText('You stopped it. The GPU is given back, the disk is kept.')).toBeVisible();
  await expect(fact(page, 'Billed now')).toHaveText('the disk only');

  await button(page, 'Start…').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click();
  await tab(page, 'Connect').click();
  await expect(page.getByRole('heading', { name: 'Connect' })).toBeVisible({ timeout: 30_000 });

  await tab(page, 'Billing').click();
  const until = await fact(page, 'GPU is yours until').locator('time').getAttribute('datetime');
  await button(page, 'Extend…').click();
  await page.getByLabel('Longer by').fill('0');
  await page.getByRole('dialog').getByRole('button', { name: 'Extend' }).click();
  await expect(page.getByRole('dialog').getByRole('alert')).toContainText('Write a number of hours');
  await page.keyboard.press('Escape');
  expect(until).not.toBeNull();

  await tab(page, 'Settings').click();
  await page.getByLabel('Name of the booking').fill('renamed run');
  await button(page, 'Rename').click();
  await expect(page.getByRole('heading', { name: 'renamed run' })).toBeVisible();

  await button(page, 'End…').click();
  await page.getByRole('dialog').getByRole('button', { name: 'End booking' }).click();
  await expect(page.getByText('ended', { exact: false }).first()).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('link', { name: 'Book again' })).toBeVisible({ timeout: 30_000 });

  await tab(page, 'Billing').click();
  await page.getByRole('link', { name: 'Bill', exact: true }).click();
  await page.waitForURL(/\/bill$/);
  await expect(async () => {
    await page.reload();
    await expect(page.getByText('final', { exact: true })).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 30_000 });
  const charged = await page.getByRole('table').getByRole('row').filter({ hasText: 'GPU-s' }).count();
  expect(charged).toBeGreaterThan(0);
  await page.getByRole('link', { name: /^Statement 0, signed/ }).click();
  await expect(page.getByText('the signature fits')).toBeVisible();
  const check =
    (await page.getByRole('region', { name: 'A command that checks the signature' }).locator('pre').textContent()) ??
    '';
  expect((await run('sh', ['-c', check])).stdout).toContain('true');
  expect((await run('sh', ['-c', check.replace('running', 'runninG')])).stdout).toContain('false');

  await page.goto('/bookings');
  await expect(page.getByText('Nothing booked')).toBeVisible();
  await page.getByRole('link', { name: 'Past' }).click();
  await expect(page.getByRole('link', { name: 'renamed run' }).locator('visible=true')).toBeVisible();
});

test('an image that does not exist costs nothing, says so, and is mended in two clicks', async ({ page, baseURL }) => {
  const offer = await freeOffer(await apiFor(baseURL), 'image');
  await signIn(page, await personMade('Typing'));
  await page.goto(`/gpus/${offer.listingId}/book`);
  await page.getByText('Another image').click();
  await page.getByLabel('Name of the image').fill('not an image --flag');
  await page.getByLabel('Amount').fill('30');
  await button(page, 'Add money').click();
  await expect(page.getByRole('status').filter({ hasText: 'were added' })).toBeVisible();
  await page.getByLabel('Public key').fill(KEY);
  await button(page, 'Review').click();
  await expect(page.getByRole('main').getByRole('alert')).toContainText('An image name has no spaces');
  await page.getByRole('main').getByRole('alert').getByRole('link').click();
  await expect(page.getByLabel('Name of the image')).toBeFocused();
  await page.getByLabel('Name of the image').fill('registry.example/nobody/nothing:v1');
  await page.getByLabel('Environment variables').fill('1BAD=x');
  await button(page, 'Review').click();
  await expect(page.getByRole('main').getByRole('alert')).toContainText('is no name for an environment variable');
});
