import { type Browser, expect, type Page, test } from '@playwright/test';
import { type Api, apiFor, bookByApi, freeOffer, type Offer, reaches } from './api.ts';
import { axeFaults, narrowFaults } from './look.ts';
import { addMoney, demoPerson, type Person, signIn, signUp } from './people.ts';

/** 300 characters that want to be a program, an emoji of four parts, and one word without an end. */
const HOSTILE = `<script>alert(1)</script>"'&amp;👩🏽‍🚀${'W'.repeat(300)}`.slice(0, 302);
const HOSTILE_BOOKING = `<img src=x onerror=alert(1)>🎉${'M'.repeat(50)}`;

test.describe.configure({ mode: 'parallel', timeout: 240_000 });

type Scene = { readonly renter: Person; readonly running: string; readonly ended: string; readonly offer: Offer };

/** A renter with a hostile name, and what they rent and rented. */
async function scene(browser: Browser, baseURL: string | undefined, slot: 'looks' | 'host'): Promise<Scene> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const renter = await signUp(page, HOSTILE);
  await addMoney(page, '200');
  await context.close();
  const api = await apiFor(baseURL, renter);
  const offer = await freeOffer(api, slot);
  const ended = await bookByApi(api, offer, 'short');
  await costs(api, ended);
  await api.post(`/bookings/${ended}/end`, {});
  await reaches(api, ended, 'ended');
  return { renter, ended, running: await bookByApi(api, offer, HOSTILE_BOOKING), offer };
}

/** Waits until a booking has run for long enough to be billed something. */
async function costs(api: Api, id: string): Promise<void> {
  const cost = () => api.get<{ cost: { estimatedMicros: string } }>(`/bookings/${id}`).then((all) => all.cost);
  const { estimatedMicros } = await cost();
  await expect.poll(async () => BigInt((await cost()).estimatedMicros) > BigInt(estimatedMicros) * 2n).toBe(true);
}

async function looksAt(page: Page, paths: readonly string[]): Promise<void> {
  const shouts: string[] = [];
  page.on('dialog', (dialog) => {
    shouts.push(dialog.message());
    void dialog.dismiss();
  });
  page.on('pageerror', (error) => shouts.push(error.message));
  for (const path of paths) {
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.emulateMedia({ colorScheme: 'light' });
    const answer = await page.goto(path);
    expect.soft(answer?.status(), path).toBe(path === '/nowhere' ? 404 : 200);
    await expect(page.locator('html')).toHaveClass(/light/);
    expect.soft(await axeFaults(page), `${path}, light`).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect(page.locator('html')).toHaveClass(/dark/);
    expect.soft(await axeFaults(page, 'colours'), `${path}, dark`).toEqual([]);
    await page.setViewportSize({ width: 320, height: 720 });
    expect.soft(await narrowFaults(page), `${path}, 320 px`).toEqual([]);
    expect.soft(await page.getByRole('heading', { level: 1 }).count(), `${path} has one h1`).toBe(1);
  }
  expect(shouts).toEqual([]);
}

test('a guest sees calm pages, in light and dark, wide and narrow', async ({ page, baseURL }) => {
  const { listingId } = await freeOffer(await apiFor(baseURL), 'looks');
  await looksAt(page, [
    '/',
    '/gpus',
    '/gpus?model=no-such-model',
    `/gpus/${listingId}`,
    '/reliability',
    '/log',
    '/sign-in',
    '/sign-up',
    '/forgot',
    '/reset?token=x',
    '/confirm?token=x',
    '/terms',
    '/mail',
    '/design',
    '/nowhere',
  ]);
});

test('a renter sees calm pages, whatever the names are', async ({ page, browser, baseURL }) => {
  const { renter, running, ended, offer } = await scene(browser, baseURL, 'looks');
  await signIn(page, renter);
  await page.goto(`/bookings/${running}`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(HOSTILE_BOOKING);
  await looksAt(page, [
    '/bookings',
    '/bookings?state=past',
    `/bookings/${running}`,
    `/bookings/${ended}`,
    `/bookings/${ended}/bill`,
    `/bookings/${ended}/bill/0`,
    `/gpus/${offer.listingId}/book?gpus=0&disk=x&hours=-1`,
    '/wallet',
    '/wallet?side=host',
    '/account',
    '/notices',
    '/sign-out',
    '/host',
  ]);
});

test('host and staff see calm pages, whatever the names are', async ({ page, browser, baseURL }) => {
  const { running, offer } = await scene(browser, baseURL, 'host');
  await signIn(page, demoPerson('host'));
  await page.goto(`/host/machines/${offer.machineId}`);
  await expect(page.getByText(HOSTILE.slice(0, 60)).first()).toBeVisible();
  await looksAt(page, ['/host', '/host/new', `/host/machines/${offer.machineId}`]);

  await page.context().clearCookies();
  await signIn(page, demoPerson('admin'));
  await page.goto('/admin/people');
  await expect(page.getByText(HOSTILE.slice(0, 60)).first()).toBeVisible();
  const person = await page.locator('a[href^="/admin/people/usr_"]').first().getAttribute('href');
  await looksAt(page, [
    '/admin',
    '/admin/people',
    person ?? '',
    '/admin/machines',
    `/admin/machines/${offer.machineId}`,
    '/admin/bookings',
    `/admin/bookings/${running}`,
    '/admin/audit',
  ]);
});
