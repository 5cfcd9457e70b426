import { expect, test } from '@playwright/test';
import { apiFor } from './api.ts';
import { demoPerson, signIn } from './people.ts';

/** A listing of the demo market whose price is labelled. */
async function labelled(baseURL: string | undefined): Promise<{ listingId: string; word: string; model: string }> {
  const api = await apiFor(baseURL);
  const { rows } = await api.get<{ rows: { listingId: string; gpuModel: string }[] }>('/listings?model=RTX%204090');
  for (const { listingId, gpuModel } of rows) {
    const { label } = await api.get<{ label: string | null }>(`/listings/${listingId}/prices`);
    if (label !== null) return { listingId, word: label, model: gpuModel };
  }
  throw new Error('no RTX 4090 of the demo market is labelled');
}

test('a renter sees what a card costs now and cost before, and asks one box for a card or for what it is to run', async ({
  page,
}) => {
  await page.goto('/');
  const row = page.getByRole('row').filter({ hasText: 'RTX 4090' });
  await expect(row).toContainText(/\$\d+\.\d+/);
  await expect(row).toContainText(/Median \$.+ meanwhile\./);
  await expect(row).toContainText('simulated');
  await page.getByRole('searchbox', { name: 'A GPU, or what you want to run' }).fill('2x 4090');
  await page.getByRole('button', { name: 'Find GPUs' }).click();
  await page.waitForURL(/\/gpus\?model=RTX\+4090&gpus=2/);
  await page.goto('/');
  await page.getByRole('searchbox').fill('fine-tune an 8B model');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/fit\?/);
});

test('a listing explains its price by its arithmetic and shows every price it asked', async ({ page, baseURL }) => {
  const { listingId, word } = await labelled(baseURL);
  await page.goto(`/gpus/${listingId}#price-history`);
  const panel = page.locator('#price-history');
  await expect(panel).toContainText({ low: 'Low price', typical: 'Typical price', high: 'High price' }[word] ?? '?');
  await expect(panel.getByText('Explain this price')).toBeVisible();
  await expect(panel).toContainText(/Prices\s*[\d,]+, one for each listing and day/);
  await panel.getByText('As a table').click();
  await expect(panel.getByRole('row').nth(1)).toBeVisible();
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('the front page answers what a card earns, with the arithmetic', async ({ page }) => {
    await page.goto('/');
    await page.getByLabel('Your GPU').selectOption({ label: 'RTX 4090 (simulated)' });
    await page.getByRole('button', { name: 'Show' }).click();
    const earns = page.locator('#earns');
    await expect(earns).toContainText('One RTX 4090');
    await expect(earns).toContainText(/Booked, of the time it was offered\s*[\d.]+ % of 720 hours/);
    await page.getByRole('searchbox').fill('h100');
    await page.getByRole('button', { name: 'Find GPUs' }).click();
    await page.waitForURL(/\/gpus\?model=H100/);
  });

  test('a host tries a price by a plain form; what was typed stays', async ({ page }) => {
    await signIn(page, demoPerson('host'));
    await page.goto('/host');
    await page.locator('a[href^="/host/machines/mch_"]', { hasText: 'simulated' }).first().click();
    const advice = page.locator('#price-advice');
    await advice.getByLabel('Price', { exact: true }).fill('0.33');
    await advice.getByLabel('A kilowatt-hour costs you').fill('0.3');
    await advice.getByRole('button', { name: 'Work it out' }).click();
    await page.waitForURL(/try=0\.33/);
    await expect(advice.getByLabel('Price', { exact: true })).toHaveValue('0.33');
    await expect(advice.getByRole('status')).toContainText(/\$0\.33|You keep in 30 days/);
  });
});

test('a host moves the slider by keyboard and sees at once what a month would bring', async ({ page }) => {
  await signIn(page, demoPerson('host'));
  await page.goto('/host');
  await page.locator('a[href^="/host/machines/mch_"]', { hasText: 'simulated' }).first().click();
  const advice = page.locator('#price-advice');
  const slider = advice.getByRole('slider', { name: 'Try a price' });
  const price = advice.getByLabel('Price', { exact: true });
  const before = await price.inputValue();
  await slider.focus();
  await expect(async () => {
    await page.keyboard.press('ArrowRight');
    expect(await price.inputValue()).not.toBe(before);
  }).toPass();
  const told = await advice.getByRole('status').textContent();
  await page.keyboard.press('Home');
  await expect(advice.getByRole('status')).not.toHaveText(told ?? '');
  await advice.getByRole('link', { name: /Put \$.+ into the terms/ }).click();
  await expect(page.locator('#price')).toHaveValue(await price.inputValue());
});
