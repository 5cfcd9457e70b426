import { expect, type Page, test } from '@playwright/test';

const PASSWORD = 'a long enough one';
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHCHLKOpSbRLmNf9PXy1kTn6GKSnzMjQ0Tgz1tP0sWqD ada@laptop';

const newEmail = () => `ada-${Date.now()}-${Math.floor(Math.random() * 1e6)}@example.org`;
const alert = (page: Page) => page.getByRole('main').getByRole('alert');

async function signUp(page: Page, email: string, name: string): Promise<void> {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.waitForURL(/\/confirm/);
}

async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).first().click();
}

async function followMail(page: Page, email: string, path: RegExp): Promise<void> {
  await page.goto(`/mail?to=${encodeURIComponent(email)}`);
  await page.getByRole('main').getByRole('link', { name: path }).first().click();
  await page.waitForURL(path);
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(`somebody new, ${javaScriptEnabled ? 'with' : 'without'} scripts`, () => {
    test.use({ javaScriptEnabled });

    test('creates an account, confirms it, adds a key, signs out and in again', async ({ page }) => {
      const email = newEmail();
      await page.goto('/account');
      await expect(page).toHaveURL('/sign-in?next=%2Faccount');
      await page.getByRole('main').getByRole('link', { name: 'Create an account' }).click();

      await page.getByLabel('Name').fill('<script>alert(1)</script>');
      await page.getByLabel('E-mail').fill(email);
      await page.getByLabel('Password').fill(PASSWORD);
      await page.getByRole('button', { name: 'Create account' }).click();
      await expect(alert(page)).toContainText('Accept the terms');
      await expect(page.getByLabel('E-mail')).toHaveValue(email);
      await signUp(page, email, '<script>alert(1)</script>');

      await followMail(page, email, /confirm\?token=/);
      await page.getByRole('button', { name: 'Confirm this address' }).click();
      await expect(page.getByRole('heading', { name: 'Your e-mail is confirmed' })).toBeVisible();

      await page.goto('/account/keys');
      await page.getByLabel('Public key').fill('-----BEGIN OPENSSH PRIVATE KEY-----');
      await page.getByRole('button', { name: 'Add key' }).click();
      await expect(alert(page)).toContainText('This is a private key');
      await page.getByLabel('Public key').fill(KEY);
      await page.getByRole('button', { name: 'Add key' }).click();
      await expect(page.getByText('SHA256:/CzsQhws1u7VkLUA7JdzkEWs61VUQsrUdKMfJwjfvss').first()).toBeVisible();

      await page.goto('/sign-out');
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.waitForURL('/');
      await page.goto('/sign-in?next=//evil.example/x');
      await signIn(page, email, 'not the password');
      await expect(alert(page)).toContainText('E-mail or password is wrong');
      await signIn(page, email, PASSWORD);
      await page.waitForURL('/');
    });
  });
}

test('somebody who forgot the password sets a new one, and the old browser is signed out', async ({
  page,
  browser,
}) => {
  const email = newEmail();
  await page.goto('/sign-up');
  await signUp(page, email, 'Ada');
  const other = await (await browser.newContext()).newPage();
  await other.goto('/forgot');
  await other.getByLabel('E-mail').fill(email);
  await other.getByRole('button', { name: 'Mail me a link' }).click();
  await expect(other.getByRole('status').filter({ hasText: 'on its way' })).toBeVisible();
  await followMail(other, email, /reset\?token=/);
  await other.getByLabel('New password').fill('an even longer one');
  await other.getByRole('button', { name: 'Set password' }).click();
  await expect(other.getByRole('heading', { name: 'Your password is set' })).toBeVisible();
  await page.goto('/account');
  await expect(page).toHaveURL(/\/sign-in/);
  await signIn(page, email, 'an even longer one');
  await page.waitForURL('/account');
});

test('a token is shown once, and a session is ended from another browser', async ({ page, browser, baseURL }) => {
  const email = newEmail();
  await page.goto('/sign-up');
  await signUp(page, email, 'Ada');
  const other = await (await browser.newContext()).newPage();
  await other.goto('/sign-in?next=/account');
  await signIn(other, email, PASSWORD);
  await other.waitForURL('/account');

  await page.goto('/account/tokens');
  await page.getByLabel('What it is for').fill('from a script');
  await page.getByRole('button', { name: 'Make token' }).click();
  const token = (await page.getByText(/^sublet_[0-9a-z]{32}$/).textContent()) ?? '';
  const keys = () => fetch(`${baseURL}/api/v1/ssh-keys`, { headers: { authorization: `Bearer ${token}` } });
  expect((await keys()).status).toBe(200);
  await page.reload();
  await expect(page.getByText(token)).toHaveCount(0);

  await page.goto('/account/security');
  await page.getByRole('button', { name: 'End all others…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'End all others' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  expect((await keys()).status).toBe(401);
  await other.reload();
  await expect(other).toHaveURL(/\/sign-in/);
  await expect(page.getByRole('heading', { name: 'Security', level: 1 })).toBeVisible();
});

test('what happened stands on the bell until it was read', async ({ page }) => {
  const email = newEmail();
  await page.goto('/sign-up');
  await signUp(page, email, 'Ada');
  await page.goto('/account/keys');
  await page.getByLabel('Public key').fill(KEY);
  await page.getByRole('button', { name: 'Add key' }).click();
  await expect(page.getByText('SHA256:').first()).toBeVisible();
  await expect(async () => {
    await page.goto('/notices');
    await expect(page.getByText('An SSH key was added to your account')).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 20_000 });
  await expect(page.getByRole('link', { name: 'Notices, 1 unread' })).toBeVisible();
  await page.getByRole('button', { name: 'Mark all as read' }).click();
  await expect(page.getByRole('link', { name: 'Notices', exact: true })).toBeVisible();
});
