import { expect, type Page, test } from '@playwright/test';
import { apiFor, freeOffer } from './api.ts';
import { looksCalm } from './look.ts';
import { LOOKED_AT, pathsOf, unseenPages } from './pages.ts';
import { demoPerson, signIn } from './people.ts';
import { HOSTILE, HOSTILE_BOOKING, HOSTILE_MACHINE, scene } from './scene.ts';

test.describe.configure({ mode: 'parallel', timeout: 480_000 });

async function looksAt(page: Page, paths: readonly string[], stacks = (_: string) => false): Promise<void> {
  const shouts: string[] = [];
  page.on('dialog', (dialog) => {
    shouts.push(dialog.message());
    void dialog.dismiss();
  });
  page.on('pageerror', (error) => shouts.push(error.message));
  for (const path of paths)
    await looksCalm(page, path, { status: path === '/nowhere' ? 404 : 200, stacks: stacks(path) });
  expect(shouts).toEqual([]);
}

test('no page is left out', () => {
  expect(unseenPages()).toEqual([]);
});

test('a guest sees calm pages, in light and dark, wide and narrow', async ({ page, baseURL }) => {
  const { listingId } = await freeOffer(await apiFor(baseURL), 'looks');
  await looksAt(page, pathsOf(LOOKED_AT.guest, { listing: listingId }));
});

test('a renter sees calm pages, whatever the names are', async ({ page, baseURL }) => {
  const seen = await scene(baseURL, 'looks');
  await signIn(page, seen.renter);
  await page.goto(`/bookings/${seen.running}`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(HOSTILE_BOOKING);
  await expect(page.getByText(HOSTILE_MACHINE).first()).toBeVisible();
  await page.goto(`/bookings/${seen.failed}`);
  await expect(page.getByText('The image was not found.').first()).toBeVisible();
  const { renter: _, ...ids } = seen;
  await looksAt(page, pathsOf(LOOKED_AT.renter, ids));
});

test('a host sees calm pages, whatever the names are', async ({ page, baseURL }) => {
  const { renter: _, ...ids } = await scene(baseURL, 'host');
  await signIn(page, demoPerson('host'));
  await page.goto(`/host/machines/${ids.machine}`);
  await expect(page.getByText(HOSTILE.slice(0, 60)).first()).toBeVisible();
  await looksAt(page, pathsOf(LOOKED_AT.host, ids));
});

test('staff see calm pages, whatever the names are', async ({ page, baseURL }) => {
  const { renter: _, ...ids } = await scene(baseURL, 'looks');
  await signIn(page, demoPerson('admin'));
  await page.goto('/admin/people');
  await expect(page.getByText(HOSTILE.slice(0, 60)).first()).toBeVisible();
  // The figures of a machine’s charts are tables that scroll; all others stack.
  await looksAt(page, pathsOf(LOOKED_AT.admin, ids), (path) => !path.startsWith('/admin/machines/'));
});

test('a host sees calm pages about money, with the past that the demo has', async ({ page }) => {
  await signIn(page, demoPerson('host'));
  await page.goto('/host/earnings?span=all');
  await expect(page.getByRole('figure').getByText('As a table')).toBeVisible();
  await looksAt(page, pathsOf(LOOKED_AT.hostMoney, {}));
});
