import { expect, type Page, test } from '@playwright/test';
import { apiFor } from './api.ts';
import { axeFaults, narrowFaults } from './look.ts';
import { addMoney, signUp } from './people.ts';

test.describe.configure({ timeout: 240_000 });

/** Where pictures go, for whoever wants to look at them. */
const pictures = process.env.SUBLET_E2E_PICTURES;
/** No test of another file takes these: they stand behind the first page of offers by price. */
const DEAR = 'H100 SXM, H200';

async function looksCalm(page: Page, path: string, name: string): Promise<void> {
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto(path);
  expect.soft(await axeFaults(page), `${path}, light`).toEqual([]);
  if (pictures) await page.screenshot({ path: `${pictures}/${name}-light.png`, fullPage: true });
  await page.emulateMedia({ colorScheme: 'dark' });
  expect.soft(await axeFaults(page, 'colours'), `${path}, dark`).toEqual([]);
  if (pictures) await page.screenshot({ path: `${pictures}/${name}-dark.png`, fullPage: true });
  await page.setViewportSize({ width: 320, height: 720 });
  expect.soft(await narrowFaults(page), `${path}, 320 px`).toEqual([]);
  if (pictures) await page.screenshot({ path: `${pictures}/${name}-narrow.png`, fullPage: true });
  await page.setViewportSize({ width: 1280, height: 900 });
}

test('a renter submits a job, sees it run to its end with what it printed, and cancels an array', async ({
  page,
  baseURL,
}) => {
  const renter = await signUp(page, 'Submitting');
  await addMoney(page, '200');
  await page.goto('/jobs');
  await page.getByRole('link', { name: 'Submit a job' }).click();
  await looksCalm(page, '/jobs/new', 'job-form');

  // What is wrong is said at its field, and what was typed stays.
  await page.getByLabel('How many jobs').fill('10001');
  await page.getByRole('button', { name: 'Submit', exact: true }).click();
  await expect(page.getByText('A job runs a command: write one.').first()).toBeVisible();
  await page.getByLabel('Command').fill('sh -c "echo number $SUBLET_ARRAY_INDEX; sleep 4; exit 3"');
  await page.getByRole('button', { name: 'Submit', exact: true }).click();
  await expect(page.getByText('At most 10,000 jobs at once').first()).toBeVisible();
  await expect(page.getByLabel('How many jobs')).toHaveValue('10001');

  // What nothing could run is told at once, with what comes nearest.
  await page.getByLabel('How many jobs').fill('1');
  await page.getByLabel('GPU models').fill('No Such GPU');
  await page.getByRole('button', { name: 'Submit', exact: true }).click();
  await expect(page.getByText(/could ever run it.*Nearest:/).first()).toBeVisible();
  await expect(page.getByLabel(/Submit it anyway/)).toBeVisible();

  await page.getByLabel('GPU models').fill(DEAR);
  await page.getByRole('textbox', { name: /^Name ?optional$/ }).fill('night run');
  await page.getByLabel('May run for').fill('0.5');
  await page.getByRole('button', { name: 'Submit', exact: true }).click();
  await page.waitForURL(/\/jobs\/jar_/);
  const job = new URL(page.url()).pathname;
  await expect(page.getByRole('heading', { level: 1, name: 'night run' })).toBeVisible();
  await expect(page.getByText('number 0').first()).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText('failed, exit code 3').first()).toBeVisible({ timeout: 60_000 });
  await looksCalm(page, job, 'job-ended');

  const api = await apiFor(baseURL, renter);
  const { id: array } = await api.post<{ id: string }>('/jobs', {
    image: 'ubuntu:24.04',
    command: ['sleep', '100000'],
    name: 'a sweep',
    size: 150,
    gpuCount: 8,
    models: DEAR.split(', '),
    runSeconds: 600,
    anyway: true,
  });
  await page.goto(`/jobs/${array}`);
  await expect(page.getByRole('heading', { name: 'Why it waits' })).toBeVisible();
  await expect(page.getByText(/machines?$/).first()).toBeVisible({ timeout: 60_000 });
  await looksCalm(page, `/jobs/${array}`, 'array-waiting');
  await looksCalm(page, '/jobs', 'jobs');
  await page.goto(`/jobs/${array}`);
  await page
    .getByRole('link', { name: '149' })
    .or(page.getByRole('link', { name: 'Next' }))
    .first()
    .click();
  await page.goto(`/jobs/${array}/149`);
  await expect(page.getByRole('heading', { level: 1, name: 'a sweep #149' })).toBeVisible();
  await looksCalm(page, `/jobs/${array}/149`, 'job-of-array');
  await page.goto(`/jobs/${array}`);
  await page.getByRole('button', { name: 'Cancel…' }).click();
  await page.getByRole('button', { name: 'Cancel array' }).click();
  await expect(page.getByText('150 cancelled').first()).toBeVisible({ timeout: 60_000 });
});
