import { expect, type Page, test } from '@playwright/test';
import { totpCode, totpStep } from '../../lib/auth/totp.ts';
import { sql } from './database.ts';
import { axeFaults, prefer } from './look.ts';
import { demoPerson, type Person, personMade, signIn } from './people.ts';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** What a phone makes of the secret that the page shows. `off`: steps of 30 seconds from now. */
function codeOf(secret: string, off = 0): string {
  let value = 0n;
  for (const letter of secret.replaceAll(' ', '')) value = value * 32n + BigInt(BASE32.indexOf(letter));
  const bytes = Buffer.from(value.toString(16).padStart(40, '0'), 'hex');
  return totpCode(bytes, totpStep(new Date()) + off);
}

async function password(page: Page, person: Person): Promise<void> {
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Password').fill(person.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).first().click();
}

async function fits(page: Page, what: string): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth), what).toBeLessThanOrEqual(320);
  await prefer(page, 'light');
  expect(await axeFaults(page), `${what}, light`).toEqual([]);
  await prefer(page, 'dark');
  expect(await axeFaults(page, 'colours'), `${what}, dark`).toEqual([]);
}

async function enrol(page: Page): Promise<{ secret: string; codes: string[] }> {
  await page.goto('/account/security');
  await page.getByRole('button', { name: 'Set up' }).click();
  const secret = (await page.getByRole('region', { name: 'Secret' }).textContent()) ?? '';
  await page.getByLabel('Code', { exact: true }).fill(codeOf(secret));
  await page.getByRole('button', { name: 'Switch on' }).click();
  const shown = (await page.getByRole('region', { name: 'Your recovery codes' }).textContent()) ?? '';
  const codes = shown.match(/[0-9a-z]{4}(?:-[0-9a-z]{4}){3}/g) ?? [];
  expect(codes).toHaveLength(10);
  return { secret, codes };
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(`somebody careful, ${javaScriptEnabled ? 'with' : 'without'} scripts`, () => {
    test.use({ javaScriptEnabled });

    test('switches two-step sign-in on, signs in by a code and by a recovery code, and off again', async ({ page }) => {
      const ada = await personMade('Ada');
      await signIn(page, ada);
      const { secret, codes } = await enrol(page);
      await page.goto('/account/security');
      await expect(page.getByText(codes[0] ?? '')).toHaveCount(0);

      await page.goto('/sign-out');
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.waitForURL('/');
      await page.goto('/sign-in?next=/account/tokens');
      await password(page, ada);
      await page.waitForURL(/\/sign-in\/code\?next=/);
      // Halfway is not in.
      await page.goto('/account/tokens');
      await expect(page).toHaveURL(/\/sign-in\?/);
      await password(page, ada);
      await page.getByLabel('Code').fill('000 000');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await expect(page.getByRole('main').getByRole('alert')).toContainText('wrong or was used already');
      // The code of now was used to switch it on. The next one is taken, too, also where its time begins meanwhile.
      await page.getByLabel('Code').fill(codeOf(secret, 1));
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL('/account/tokens');

      await page.goto('/sign-out');
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.waitForURL('/');
      await page.goto('/sign-in?next=/account/security');
      await password(page, ada);
      await page.getByRole('link', { name: 'Phone not at hand?' }).click();
      await page.getByLabel('Recovery code').fill(codes[0] ?? '');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL('/account/security');
      await expect(page.getByText('9 of 10 recovery codes left')).toBeVisible();

      await page.getByText('Switch it off…').click();
      await page.getByLabel('Code of the app, or a recovery code').fill(codes[1] ?? '');
      await page.getByRole('button', { name: 'Switch off' }).click();
      await expect(page.getByRole('button', { name: 'Set up' })).toBeVisible();
    });
  });
}

test('an admin without a second step is led to set one up, and then works; the demo’s own needs none', async ({
  page,
}) => {
  const ada = await personMade('Ada of the staff');
  await sql("UPDATE users SET role = 'admin' WHERE email = $1", [ada.email]);
  await signIn(page, ada);
  await page.goto('/admin');
  await page.waitForURL('/account/security?needed=staff');
  await expect(page.getByText('Staff sign in by two steps')).toBeVisible();
  await enrol(page);
  await page.goto('/admin');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page).toHaveURL('/admin');
  await page.goto('/sign-out');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL('/');
  await signIn(page, demoPerson('admin'));
  await page.goto('/admin');
  await expect(page).toHaveURL('/admin');
  await sql("UPDATE users SET role = 'member' WHERE email = $1", [ada.email]);
});

test('somebody who signed in a while ago proves that it is still them before they make a token', async ({ page }) => {
  const ada = await personMade('Ada');
  await signIn(page, ada);
  await sql(
    "UPDATE sessions SET proven_at = now() - interval '1 hour' WHERE user_id = (SELECT id FROM users WHERE email = $1)",
    [ada.email],
  );
  await page.goto('/account/tokens');
  await expect(page.getByRole('button', { name: 'Make token' })).toHaveCount(0);
  await page.getByRole('link', { name: 'Prove it' }).click();
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(page.getByRole('main').getByRole('alert')).toContainText('This is not your password');
  await page.getByLabel('Password').fill(ada.password);
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.waitForURL('/account/tokens');
  await expect(page.getByRole('button', { name: 'Make token' })).toBeVisible();
});

test('two-step sign-in fits 320 pixels and holds no barrier that axe knows, in light and dark', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 700 });
  const ada = await personMade('W'.repeat(200));
  await signIn(page, ada);
  await page.goto('/account/security');
  await page.getByRole('button', { name: 'Set up' }).click();
  await expect(page.getByRole('img', { name: /QR code/ })).toBeVisible();
  await fits(page, 'setting it up');
  await enrolHere(page);
  await fits(page, 'the recovery codes');
  await page.goto('/account/prove');
  await fits(page, 'proving');
  await page.goto('/sign-out');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL('/');
  await page.goto('/sign-in');
  await password(page, ada);
  await page.waitForURL('/sign-in/code');
  await fits(page, 'the code');
  await page.goto('/sign-in/code?by=recovery');
  await fits(page, 'the recovery code');
});

async function enrolHere(page: Page): Promise<void> {
  const secret = (await page.getByRole('region', { name: 'Secret' }).textContent()) ?? '';
  await page.getByLabel('Code', { exact: true }).fill(codeOf(secret));
  await page.getByRole('button', { name: 'Switch on' }).click();
  await expect(page.getByRole('region', { name: 'Your recovery codes' })).toBeVisible();
}
