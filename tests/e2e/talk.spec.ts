import { execFileSync } from 'node:child_process';
import { expect, type Page, test } from '@playwright/test';
import { missingNeeds } from '../../bin/lib/test/needs.mjs';
import { isAlive } from './alive.ts';
import { type Api, bookByApi, freeOffer, type Offer, renterWithMoney } from './api.ts';
import { sql } from './database.ts';
import { axeFaults, narrowFaults, shot } from './look.ts';
import { demoPerson, signIn } from './people.ts';

const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' });

test('a renter asks, the host hears and answers, and both see it without loading the page again', async ({
  page,
  browser,
  baseURL,
}) => {
  const { person, api } = await renterWithMoney(baseURL, 'Asking Ada');
  const id = await bookByApi(api, await freeOffer(api, 'host'), 'talk about it');
  await signIn(page, person);
  await page.goto(`/bookings/${id}`);
  await page.getByRole('link', { name: 'Messages', exact: true }).first().click();
  await page.waitForURL(`/bookings/${id}/messages`);
  await expect(page.getByText('Nothing was written yet')).toBeVisible();
  await button(page, 'Send').click();
  await expect(page.getByText('Write something.').first()).toBeVisible();
  await page.getByLabel('Write to the host').fill('Is the disk an SSD?\nI need 2 GB/s.');
  await button(page, 'Send').click();
  const log = page.getByRole('log', { name: 'Messages' });
  await expect(log).toContainText('I need 2 GB/s.');
  await expect(page.getByLabel('Write to the host')).toHaveValue('');
  await expect(log).toContainText('Not seen yet');

  const host = await (await browser.newContext()).newPage();
  await signIn(host, demoPerson('host'));
  await host.goto('/messages?show=unread');
  await host.getByRole('link', { name: /Asking Ada/ }).click();
  await host.waitForURL(`/bookings/${id}/messages`);
  await expect(host.getByRole('log', { name: 'Messages' })).toContainText('Is the disk an SSD?');
  await shot(host, 'thread-host');
  expect.soft(await axeFaults(host)).toEqual([]);
  // The renter sees that it was seen, and then the answer, as they come.
  await expect(log).toContainText('Seen', { timeout: 20_000 });
  await host.getByLabel('Write to the renter').fill('NVMe, 3 GB/s.');
  await button(host, 'Send').click();
  await expect(log).toContainText('NVMe, 3 GB/s.', { timeout: 20_000 });
  await shot(page, 'thread-renter');
  expect.soft(await axeFaults(page)).toEqual([]);
  await host.goto('/messages');
  await shot(host, 'threads');

  await page.goto(`/bookings/${id}/messages`);
  await page.getByRole('link', { name: /^Report/ }).click();
  await page.getByLabel('What is wrong with it').fill('It is not nice.');
  await button(page, 'Report').click();
  await expect(log).toContainText('Reported to staff');
  const staff = await (await browser.newContext()).newPage();
  await signIn(staff, demoPerson('admin'));
  expect((await staff.goto(`/bookings/${id}/messages`))?.status(), 'nothing is disputed').toBe(404);
  await staff.goto('/admin/queues/reports');
  await staff.getByRole('list', { name: 'Reports' }).getByRole('link').filter({ hasText: 'It is not nice.' }).click();
  await expect(staff.getByRole('radio', { name: /^Warn/ })).toBeVisible();
  await expect(staff.getByText('It is not nice.').last()).toBeVisible();
  await expect(staff.getByText('Is the disk an SSD?')).toHaveCount(0);
  await shot(staff, 'reports');
  await host.context().close();
  await staff.context().close();
});

test('a renter opens a terminal where nothing runs, and reads why there is no shell; the keyboard finds out again', async ({
  page,
  baseURL,
}) => {
  const { person, api } = await renterWithMoney(baseURL, 'Typing Ada');
  const id = await bookByApi(api, await freeOffer(api, 'talk'), 'simulated shell');
  await signIn(page, person);
  const scripts: string[] = [];
  page.on('request', (request) => request.resourceType() === 'script' && scripts.push(request.url()));
  await page.goto(`/bookings/${id}`);
  const before = scripts.length;
  await isAlive(button(page, 'Open a terminal'));
  await button(page, 'Open a terminal').click();
  await expect(page.getByRole('alert').filter({ hasText: 'This host is simulated' })).toBeVisible({ timeout: 30_000 });
  expect(scripts.length, 'it is loaded when it is opened').toBeGreaterThan(before);
  await expect(button(page, 'Open again')).toBeVisible();
  await shot(page, 'terminal-refused');
  expect.soft(await axeFaults(page)).toEqual([]);
  await page.locator('.xterm-helper-textarea').focus();
  await page.keyboard.press('Shift+F6');
  await expect(button(page, 'Close')).toBeFocused();
  await page.setViewportSize({ width: 320, height: 720 });
  expect(await narrowFaults(page)).toEqual([]);
  await page.setViewportSize({ width: 1_280, height: 800 });
  await button(page, 'Close').click();
  await button(page, 'Switch terminals off…').click();
  await button(page, 'Switch off for good').click();
  await expect(page.getByText('You switched terminals in pages off')).toBeVisible();
});

/** The machine that this test runs on, as its own market offers it. */
async function ownMachine(api: Api): Promise<Offer | undefined> {
  const { rows } = await api.get<{ rows: Offer[] }>('/listings?sort=price');
  // Not by its name: tests of hostile names give simulated machines others.
  const real = await sql<{ id: string }>(
    "SELECT id FROM machines WHERE specification->'docker'->>'version' IS DISTINCT FROM 'simulated'",
  );
  return rows.find(({ machineId, freeGpus }) => real.some(({ id }) => id === machineId) && freeGpus > 0);
}

/** Waits until the terminal is a shell; where it came to its end instead, fails by what the page says of it. */
async function isConnected(page: Page): Promise<void> {
  const connected = page.getByRole('status').filter({ hasText: 'Connected' });
  // Of the page itself: outside `main` the framework says to screen readers that a page's title changed.
  const over = page.getByRole('main').getByRole('alert').filter({ hasText: /\S/, hasNotText: 'closed from elsewhere' });
  await expect(connected.or(over).first()).toBeVisible({ timeout: 45_000 });
  expect(await over.allInnerTexts()).toEqual([]);
}

test('a renter opens a terminal in a real container, types, sees, goes away and comes back', async ({
  page,
  baseURL,
}) => {
  test.skip(missingNeeds(['docker']).length > 0, 'needs Docker');
  test.setTimeout(180_000);
  const { person, api } = await renterWithMoney(baseURL, 'Shell Ada');
  let offer: Offer | undefined;
  await expect
    .poll(
      async () => {
        offer = await ownMachine(api);
        return offer !== undefined;
      },
      { timeout: 60_000 },
    )
    .toBe(true);
  if (offer === undefined) return;
  const id = await bookByApi(api, offer, 'real shell', { image: 'sublet/busybox:latest' });
  await signIn(page, person);
  await page.goto(`/bookings/${id}`);
  await isAlive(button(page, 'Open a terminal'));
  await button(page, 'Open a terminal').click();
  const rows = page.locator('.xterm-rows');
  await isConnected(page);
  await page.keyboard.type('echo answer-$((40+2)); stty size\n');
  await expect(rows).toContainText('answer-42');
  const columns = async () => {
    const shown = ((await rows.textContent()) ?? '').replaceAll('\u00a0', ' ');
    return Number(/answer-42\s*\d+ (\d+)/.exec(shown)?.[1] ?? 0);
  };
  await expect.poll(columns).toBeGreaterThan(40);
  await shot(page, 'terminal');
  expect.soft(await axeFaults(page)).toEqual([]);
  // The way is cut: a new shell opens by itself.
  await page.keyboard.type('export MARK=old\n');
  const cut = await sql<{ id: string }>('SELECT id FROM terminals WHERE booking_id = $1 AND ended_at IS NULL', [id]);
  expect(cut).toHaveLength(1);
  await page.context().setOffline(true);
  await page.context().setOffline(false);
  // Somebody ends the session's terminals from elsewhere: it says so, and another one can be opened.
  await api.post(`/bookings/${id}/terminals/close`, {});
  await expect(page.getByRole('alert').filter({ hasText: 'closed from elsewhere' })).toBeVisible({ timeout: 30_000 });
  await button(page, 'Open again').click();
  await isConnected(page);
  await page.keyboard.type('echo new-$((1+1)); exit 3\n');
  await expect(page.getByRole('alert').filter({ hasText: 'ended with code 3' })).toBeVisible();
  expect(execFileSync('docker', ['ps', '-q', '--filter', 'label=sublet.lease']).toString()).not.toBe('');
  await api.post(`/bookings/${id}/end`, {});
});

test('a renter whose time is nearly over sees it, what more costs, and has it by one click', async ({
  page,
  baseURL,
}) => {
  test.setTimeout(240_000);
  const { person, api } = await renterWithMoney(baseURL, 'Late Ada');
  const id = await bookByApi(api, await freeOffer(api, 'talk'), 'nearly over');
  await sql("UPDATE allocations SET ends_at = now() + interval '29 minutes' WHERE booking_id = $1", [id]);
  await sql(
    'UPDATE bookings SET ends_at = (SELECT max(ends_at) FROM allocations WHERE booking_id = $1) WHERE id = $1',
    [id],
  );
  await signIn(page, person);
  await page.goto(`/bookings/${id}`);
  await expect(page.getByText(/^It ends in/)).toBeVisible();
  await shot(page, 'ending-soon');
  expect.soft(await axeFaults(page)).toEqual([]);
  await page.goto(`/bookings/${id}/extend`);
  await shot(page, 'extend');
  await button(page, /^1 h more · \$/).click();
  await expect(page.getByRole('status').filter({ hasText: 'Extended.' })).toBeVisible();
  const { endsAt } = await api.get<{ endsAt: string }>(`/bookings/${id}`);
  expect(Date.parse(endsAt) - Date.now()).toBeGreaterThan(70 * 60_000);
  await page.goto(`/bookings/${id}`);
  await expect(page.getByText(/^It ends in/)).toHaveCount(0);
});
