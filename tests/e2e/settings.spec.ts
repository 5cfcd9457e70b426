import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { isAlive } from './alive.ts';
import { sql } from './database.ts';
import { axeFaults, narrowFaults, prefer, shot } from './look.ts';
import { addMoney, KEY, type Person, personMade, signIn } from './people.ts';

async function idOf(person: Person): Promise<string> {
  const [row] = await sql<{ id: string }>('SELECT id FROM users WHERE email = $1', [person.email]);
  return row?.id ?? '';
}

async function lastMail(person: Person, subject: string): Promise<string> {
  let text = '';
  await expect(async () => {
    const rows = await sql<{ text: string }>(
      'SELECT text FROM mails WHERE to_address = $1 AND subject = $2 AND sent_at IS NOT NULL ORDER BY id DESC LIMIT 1',
      [person.email, subject],
    );
    expect(rows).toHaveLength(1);
    text = rows[0]?.text ?? '';
  }).toPass({ timeout: 30_000 });
  return text;
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(`somebody who wants fewer mails, ${javaScriptEnabled ? 'with' : 'without'} scripts`, () => {
    test.use({ javaScriptEnabled });

    test('ends a kind of mail by the link in one, sees it in the matrix, and wants it back', async ({ page }) => {
      const ada = await personMade('Ada');
      await signIn(page, ada);
      await addMoney(page, '25');
      const text = await lastMail(ada, 'Your wallet was topped up');
      const stop = new URL(/No more mails of this kind: (\S+)/.exec(text)?.[1] ?? '');
      await page.goto(stop.pathname);
      await expect(page.getByText('About: Your wallet was topped up.')).toBeVisible();
      await page.getByRole('button', { name: 'No more mails of this kind' }).click();
      await expect(page.getByRole('status')).toContainText('Done. No more mails of: Your wallet was topped up');

      await page.goto('/account/notices');
      const byMail = page.getByRole('checkbox', { name: 'Your wallet was topped up: by mail' });
      await expect(byMail).not.toBeChecked();
      await expect(page.getByRole('checkbox', { name: 'Your wallet was topped up: on the bell' })).toBeChecked();
      await expect(page.getByRole('checkbox', { name: /Sign-in, keys and tokens/ })).toHaveCount(0);
      await byMail.check();
      await page.getByRole('button', { name: 'Save' }).click();
      await expect(page.getByRole('status').filter({ hasText: 'Saved.' })).toBeVisible();
      await page.reload();
      await expect(byMail).toBeChecked();
    });
  });
}

test('a mail program ends a kind of mail by one POST, without a cookie', async ({ page, request }) => {
  const ada = await personMade('Ada');
  await signIn(page, ada);
  await addMoney(page, '25');
  const text = await lastMail(ada, 'Your wallet was topped up');
  const stop = new URL(/No more mails of this kind: (\S+)/.exec(text)?.[1] ?? '');
  const answer = await request.post(stop.pathname, { form: { 'List-Unsubscribe': 'One-Click' } });
  expect(answer.status()).toBe(200);
  expect(await sql('SELECT topic, mail, in_app FROM notice_choices WHERE user_id = $1', [await idOf(ada)])).toEqual([
    { topic: 'toppedUp', mail: false, in_app: true },
  ]);
  expect((await request.post(`${stop.pathname}x`)).status()).toBe(410);
});

test('somebody takes a copy of everything, and it is theirs', async ({ page }) => {
  const ada = await personMade('Ada');
  await signIn(page, ada);
  await page.goto('/account/keys');
  await page.getByLabel('Public key').fill(KEY);
  await page.getByRole('button', { name: 'Add key' }).click();
  await expect(page.getByText('SHA256:').first()).toBeVisible();
  await page.goto('/account/data');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download' }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^sublet-export-\d{4}-\d\d-\d\d\.json$/);
  const file = JSON.parse(readFileSync(await download.path(), 'utf8'));
  expect(file.userId).toBe(await idOf(ada));
  expect(file.parts.account[0].email).toBe(ada.email);
  expect(file.parts.sshKeys).toHaveLength(1);
  expect(JSON.stringify(file)).not.toContain('argon2id');
});

test('somebody leaves: is told what is in the way, asks, takes it back, and asks again', async ({ page }) => {
  const ada = await personMade('Ada');
  await signIn(page, ada);
  await sql(
    `INSERT INTO bids (id, renter_id, models, gpu_count, disk_bytes, max_disk_price_micros_per_gib_month, simulated_too, micros_per_gpu_hour, name, image, idempotency_key, state, rentals, created_at, updated_at)
     SELECT 'bid_' || substr(md5(random()::text), 1, 26), id, '{RTX 4090}', 1, 1, 1, true, 1, 'x', 'busybox', 'settings-spec', 'open', 0, now(), now() FROM users WHERE email = $1`,
    [ada.email],
  );
  await page.goto('/account/data');
  await expect(page.getByText('One bid is open. Close it.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Delete my account' })).toHaveCount(0);
  await sql("UPDATE bids SET state = 'closed', closed_at = now() WHERE renter_id = $1", [await idOf(ada)]);
  await page.reload();
  await page.getByLabel('Your e-mail address, to confirm').fill('not@mine.example');
  await page.getByRole('button', { name: 'Delete my account' }).click();
  await expect(page.getByRole('main').getByRole('alert')).toContainText('Type the e-mail address of this account');
  await page.getByLabel('Your e-mail address, to confirm').fill(ada.email);
  await page.getByRole('button', { name: 'Delete my account' }).click();
  await expect(page.getByRole('heading', { name: 'Your account is about to be deleted' })).toBeVisible();
  await page.goto('/account/keys');
  await expect(page.getByText('This account is about to be deleted')).toBeVisible();
  await page.getByLabel('Public key').fill(KEY);
  await page.getByRole('button', { name: 'Add key' }).click();
  await expect(page.getByRole('main').getByRole('alert')).toContainText('about to be deleted');
  await page.getByRole('link', { name: 'Take it back' }).click();
  await page.getByRole('button', { name: 'Keep my account' }).click();
  await expect(page.getByRole('button', { name: 'Delete my account' })).toBeVisible();
});

test('somebody says how times are shown and switches shortcuts off, and it holds', async ({ page, browser }) => {
  const ada = await personMade('Ada');
  await signIn(page, ada);
  await page.goto('/account');
  await page.getByLabel('Time zone').selectOption('Asia/Tokyo');
  await page.getByLabel('Dates written like').selectOption('sv-SE');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Saved.' })).toBeVisible();
  await page.goto('/bookings/calendar');
  await expect(page.getByText('Days and times are those of Asia/Tokyo')).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('data-locale', 'sv-SE');

  const jump = page.getByRole('link', { name: 'Jump to a page' });
  await isAlive(jump);
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('g');
  await page.keyboard.press('w');
  await page.waitForURL('/wallet');
  await page.goto('/account/shortcuts');
  await expect(page.getByText('Go to your wallet')).toBeVisible();
  await page.getByLabel('Keyboard shortcuts').uncheck();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Saved.' })).toBeVisible();
  await page.goto('/bookings');
  await isAlive(jump);
  await page.keyboard.press('Control+k');
  await page.keyboard.press('g');
  await page.keyboard.press('w');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page).toHaveURL('/bookings');

  // The theme goes with the account: another browser has it from its sign-in on.
  const kept = page.waitForResponse((answer) => answer.request().method() === 'POST' && answer.ok());
  await page.getByRole('button', { name: 'Dark' }).click();
  await expect(page.locator('html')).toHaveClass(/\bdark\b/);
  await kept;
  const other = await (await browser.newContext()).newPage();
  await signIn(other, ada);
  await expect(other.locator('html')).toHaveClass(/\bdark\b/);
  await other.context().close();
});

const PAGES = ['', '/security', '/keys', '/tokens', '/notices', '/appearance', '/shortcuts', '/data'];

test('the settings fit 320 pixels and hold no barrier that axe knows, in light and dark', async ({ page }) => {
  test.setTimeout(240_000);
  await page.setViewportSize({ width: 320, height: 800 });
  await signIn(page, await personMade('W'.repeat(200)));
  for (const path of PAGES.map((part) => `/account${part}`)) {
    await page.goto(path);
    await prefer(page, 'light');
    await shot(page, `settings${path.replaceAll('/', '-')}`);
    expect(await narrowFaults(page), path).toEqual([]);
    expect(await axeFaults(page), `${path}, light`).toEqual([]);
    await prefer(page, 'dark');
    expect(await axeFaults(page, 'colours'), `${path}, dark`).toEqual([]);
    await prefer(page, 'light');
  }
});
