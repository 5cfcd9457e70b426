import { expect, type Page } from '@playwright/test';
import { newId } from '../../lib/base/id.ts';
import { sql } from './database.ts';

export const PASSWORD = 'a long enough one';
const DEMO_PASSWORD = 'sublet-demo-2026';
export const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHCHLKOpSbRLmNf9PXy1kTn6GKSnzMjQ0Tgz1tP0sWqD ada@laptop';

const newEmail = () => `e2e-${Date.now()}-${Math.floor(Math.random() * 1e6)}@example.org`;

export type Person = { readonly email: string; readonly password: string };

/** Creates an account in the browser and confirms its address by the link in the demo's mail. The browser stays signed in. */
export async function signUp(page: Page, name = 'Ada'): Promise<Person> {
  const email = newEmail();
  await page.goto('/sign-up');
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.waitForURL(/\/confirm/);
  await page.goto(`/mail?to=${encodeURIComponent(email)}`);
  await page
    .getByRole('main')
    .getByRole('link', { name: /confirm\?token=/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'Confirm this address' }).click();
  await expect(page.getByRole('heading', { name: 'Your e-mail is confirmed' })).toBeVisible();
  return { email, password: PASSWORD };
}

/** Somebody with a confirmed address who did not sign up: that door counts who comes from one address. */
export async function personMade(name: string): Promise<Person> {
  const email = newEmail();
  const made = await sql(
    `INSERT INTO users (id, email, name, password_hash, email_confirmed_at, terms_version, terms_accepted_at, created_at)
     SELECT $1, $2, $3, password_hash, now(), terms_version, now(), now() FROM users WHERE email = $4 RETURNING id`,
    [newId('user', new Date()), email, name, demoPerson('renter').email],
  );
  expect(made).toHaveLength(1);
  return { email, password: DEMO_PASSWORD };
}

/** One of the three people that a demo market comes with. */
export function demoPerson(who: 'renter' | 'host' | 'admin'): Person {
  return { email: `${who}@demo.sublet.test`, password: DEMO_PASSWORD };
}

export async function signIn(page: Page, person: Person): Promise<void> {
  await page.goto('/sign-in?next=/wallet');
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Password').fill(person.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).first().click();
  await page.waitForURL('/wallet');
}

export async function addMoney(page: Page, dollars: string): Promise<void> {
  await page.goto('/wallet');
  await page.getByLabel('Amount').fill(dollars);
  await page.getByRole('button', { name: 'Add money' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'added' })).toBeVisible();
}
