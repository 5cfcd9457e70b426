import { expect, type Page, test } from '@playwright/test';
import { isAlive } from './alive.ts';
import { axeFaults, narrowFaults } from './look.ts';
import { demoPerson, signIn } from './people.ts';

const jump = (page: Page) => page.getByRole('link', { name: 'Jump to a page' });
const list = (page: Page) => page.getByRole('dialog', { name: 'Jump to' });

test('a guest goes to a page by its name, without a hand off the keyboard', async ({ page }) => {
  await page.goto('/');
  await isAlive(jump(page));
  await page.keyboard.press('Control+K');
  await expect(list(page)).toBeVisible();
  await page.keyboard.type('reliab');
  await expect(list(page).getByRole('option')).toHaveCount(1);
  expect(await axeFaults(page)).toEqual([]);
  await page.keyboard.press('Enter');
  await page.waitForURL('/reliability');
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  await page.keyboard.press('Control+K');
  await page.keyboard.type('no page is called this');
  await expect(list(page).getByText('Nothing here is called that.')).toBeVisible();
  await page.setViewportSize({ width: 320, height: 700 });
  expect(await narrowFaults(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(list(page)).toBeHidden();
});

test('a host finds a machine of their own, and what the page before them offers', async ({ page }) => {
  await signIn(page, demoPerson('host'));
  await page.goto('/host');
  await isAlive(jump(page));
  await jump(page).click();
  const here = list(page).getByRole('group', { name: 'On this page' });
  await expect(here.getByRole('option', { name: 'List a machine' })).toBeVisible();
  await page.keyboard.type('simulated-');
  await list(page).getByRole('option').first().click();
  await page.waitForURL(/\/host\/machines\/mch_/);
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });
  test('all pages stand in a list', async ({ page }) => {
    await page.goto('/');
    await page.getByRole('link', { name: 'Jump to a page' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'All pages' })).toBeVisible();
    await page.getByRole('main').getByRole('link', { name: 'Will it fit?' }).click();
    await expect(page).toHaveURL(/\/fit/);
  });
});

test('a word of explanation comes by pointer and by keyboard, and goes by Escape', async ({ page }) => {
  await signIn(page, demoPerson('host'));
  await page.goto('/host/earnings');
  const about = page.getByRole('main').locator('[data-hint]').first();
  const bubble = page.locator('[data-hint-bubble]');
  await about.hover();
  await expect(bubble).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(bubble).toBeHidden();
  await about.focus();
  await expect(bubble).toBeVisible();
  await bubble.hover();
  await expect(bubble).toBeVisible();
  await page.mouse.move(0, 0);
  await page.getByRole('link', { name: 'Sublet, to the front page' }).focus();
  await expect(bubble).toBeHidden();
});
