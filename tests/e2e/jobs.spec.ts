import { expect, test } from '@playwright/test';
import { DEAR, renterWithMoney } from './api.ts';
import { looksCalm } from './look.ts';
import { signIn } from './people.ts';

test.describe.configure({ timeout: 240_000 });

test('a renter submits a job, sees it run to its end with what it printed, and cancels an array', async ({
  page,
  baseURL,
}) => {
  const { person, api } = await renterWithMoney(baseURL, 'Submitting');
  await api.post('/top-ups', { amountMicros: '100000000' });
  await signIn(page, person);
  await page.goto('/jobs');
  await page.getByRole('link', { name: 'Submit a job' }).click();
  await looksCalm(page, '/jobs/new');

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

  await page.getByLabel('GPU models').fill(DEAR.join(', '));
  await page.getByRole('textbox', { name: /^Name ?optional$/ }).fill('night run');
  await page.getByLabel('May run for').fill('0.5');
  await page.getByRole('button', { name: 'Submit', exact: true }).click();
  await page.waitForURL(/\/jobs\/jar_/);
  const job = new URL(page.url()).pathname;
  await expect(page.getByRole('heading', { level: 1, name: 'night run' })).toBeVisible();
  await expect(page.getByText('number 0').first()).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText('failed, exit code 3').first()).toBeVisible({ timeout: 60_000 });
  await looksCalm(page, job);

  const { id: array } = await api.post<{ id: string }>('/jobs', {
    image: 'ubuntu:24.04',
    command: ['sleep', '100000'],
    name: 'a sweep',
    size: 150,
    gpuCount: 8,
    models: DEAR,
    runSeconds: 600,
    anyway: true,
  });
  await page.goto(`/jobs/${array}`);
  await expect(page.getByRole('heading', { name: 'Why it waits' })).toBeVisible();
  await expect(page.getByText(/machines?$/).first()).toBeVisible({ timeout: 60_000 });
  await looksCalm(page, `/jobs/${array}`);
  await looksCalm(page, '/jobs');
  await page.goto(`/jobs/${array}`);
  await page
    .getByRole('link', { name: '149' })
    .or(page.getByRole('link', { name: 'Next' }))
    .first()
    .click();
  await page.goto(`/jobs/${array}/149`);
  await expect(page.getByRole('heading', { level: 1, name: 'a sweep #149' })).toBeVisible();
  await looksCalm(page, `/jobs/${array}/149`);
  await page.goto(`/jobs/${array}`);
  await page.getByRole('button', { name: 'Cancel…' }).click();
  await page.getByRole('button', { name: 'Cancel array' }).click();
  await expect(page.getByText('150 cancelled').first()).toBeVisible({ timeout: 60_000 });
});
