import { expect, type Page, test } from '@playwright/test';
import { personMade, signIn } from './people.ts';

const COMPARE = /^Compare .+ on /;
const price = (text: string) => Number(/\$([\d.]+)/.exec(text)?.[1]);

async function rowsOf(page: Page) {
  return page.getByRole('main').locator('tbody tr');
}

test.describe.configure({ timeout: 240_000 });

test('a renter says what is to run, finds what holds it by cost, compares two, saves the search and edits its alerts', async ({
  page,
}) => {
  const renter = await personMade('Ada');
  await signIn(page, renter);
  await page.setViewportSize({ width: 1_440, height: 900 });
  await page.goto('/fit');
  await page.getByLabel('What do you want to run?').fill('QLoRA of an 8B model on 5M tokens, batch size 2');
  await page.getByRole('button', { name: 'Read it' }).click();
  await expect(page.getByRole('status')).toContainText('Llama 3.1 8B stands for a model of this size');
  await expect(page.getByLabel('Work', { exact: true })).toHaveValue('qlora');
  await expect(page.getByLabel('Sequences at once')).toHaveValue('2');
  await expect(page.getByRole('heading', { name: /GB of GPU memory/ })).toBeVisible();
  await expect(page.getByRole('rowheader', { name: 'Weights' })).toBeVisible();
  await expect(page.getByText('rank × (in + out) of every linear layer')).toBeVisible();

  // What was understood can be changed: more at once needs more memory.
  const memory = async () =>
    Number.parseFloat((await page.getByRole('heading', { name: /of GPU memory/ }).textContent()) ?? '');
  const before = await memory();
  await page.getByLabel('Sequences at once').fill('8');
  await page.getByRole('button', { name: 'Work it out' }).click();
  await expect.poll(memory).toBeGreaterThan(before);

  await page.getByRole('link', { name: /by cost to finish/ }).click();
  await expect(page).toHaveURL(/\/gpus\?job=llama-3\.1-8b_qlora_.*sort=cost/);
  await expect(page.getByRole('link', { name: /^Fits: Llama 3\.1 8B, QLoRA/ })).toBeVisible();
  await expect(page.getByRole('columnheader', { name: /Cost to finish/ })).toHaveAttribute('aria-sort', 'ascending');
  await page.locator('summary:visible', { hasText: 'Why no. 1' }).first().click();
  await expect(page.getByRole('table').getByText('the lowest middle of its range first').first()).toBeVisible();

  // By the time to a first shell, from the slowest link to the fastest nothing is lost of the job.
  await page.getByRole('link', { name: 'Time to first shell' }).click();
  await expect(page.getByRole('columnheader', { name: /First shell/ })).toHaveAttribute('aria-sort', 'ascending');
  await page.getByRole('navigation', { name: 'Sort by' }).getByRole('link', { name: 'Price' }).click();
  await expect(async () => {
    const prices = (await (await rowsOf(page)).locator('td:last-child').allTextContents()).map(price);
    expect(prices).toEqual(prices.toSorted((a, b) => a - b));
  }).toPass();

  // A plain link of a row is followed without loading a document.
  await page.evaluate(() => document.body.setAttribute('data-kept', ''));
  await page.getByRole('link', { name: COMPARE }).first().click();
  await expect(page.getByRole('region', { name: 'Offers to compare' })).toContainText('Add another to compare');
  await expect(page.locator('body')).toHaveAttribute('data-kept', '');
  await expect(page.getByRole('link', { name: /^In the tray/ })).toHaveCount(1);
  await page.getByRole('link', { name: COMPARE }).first().click();
  await page.getByRole('link', { name: 'Compare 2', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Compare offers' })).toBeVisible();
  const labels = await page.getByRole('rowheader').allTextContents();
  expect(labels.slice(0, 3).map((label) => label.replace(' (differs)', ''))).toEqual([
    'Fits my job',
    'Cost for my job',
    'Time for my job',
  ]);
  await expect(page.getByText('(best)').first()).toBeAttached();
  await expect(page.getByRole('link', { name: /^Book/ }).first()).toHaveAttribute(
    'href',
    /\/gpus\/lst_\w+\/book\?gpus=\d+/,
  );
  await page
    .getByRole('link', { name: /^Remove/ })
    .first()
    .click();
  await expect(page.getByRole('link', { name: /^Remove/ })).toHaveCount(1);

  await page.goBack();
  await page.goBack();
  await page.getByRole('link', { name: 'Save this search' }).click();
  await expect(page.getByText('You are told of what comes after.')).toBeVisible();
  await page.getByRole('textbox', { name: 'Name' }).fill('my fine-tune');
  await page.getByLabel(/falls below/).fill('nothing');
  await page.getByRole('button', { name: 'Save the search' }).click();
  await expect(page.getByText('Write an amount in dollars like 0.35, or leave it empty.').first()).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('my fine-tune');
  await page.getByLabel(/falls below/).fill('0.15');
  await page.getByRole('button', { name: 'Save the search' }).click();
  await expect(page).toHaveURL(/\/searches$/);
  await expect(page.getByText('when one falls below $0.15, at most once a day, by e-mail too.')).toBeVisible();
  await page.getByRole('link', { name: 'Edit my fine-tune' }).click();
  await page.getByLabel('How often').selectOption('3600');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText('at most once an hour')).toBeVisible();
  await page.getByRole('link', { name: 'Edit my fine-tune' }).click();
  await page.getByRole('button', { name: 'Delete this search' }).click();
  await expect(page.getByText('You keep no search')).toBeVisible();
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('views, orders, filters and the tray are links and forms, and an empty result says what to relax', async ({
    page,
  }) => {
    await page.setViewportSize({ width: 1_440, height: 900 });
    await page.goto('/gpus');
    await page.getByRole('navigation', { name: 'View' }).getByRole('link', { name: 'Map' }).click();
    await expect(page).toHaveURL(/view=map/);
    const countries = page.getByRole('group', { name: 'Offers by country' });
    const [name, offers] = await countries.locator('tbody tr').first().locator('th, td').allTextContents();
    await countries.getByRole('link', { name: name ?? '' }).click();
    await expect(page.getByRole('status')).toContainText(`${offers} offer`);
    await expect(page.getByRole('link', { name: `${name} remove this filter` })).toBeVisible();
    await page.getByRole('navigation', { name: 'View' }).getByRole('link', { name: 'Cards' }).click();
    await expect(page.getByRole('heading', { level: 3, name: 'Terms' }).first()).toBeVisible();
    await page.getByRole('link', { name: COMPARE }).first().click();
    await expect(page).toHaveURL(/view=cards.*compare=lst_/);

    const filters = page.getByRole('complementary', { name: 'Filters of the search' });
    await filters.getByLabel('Most per GPU-hour').fill('0.000001');
    await filters.getByRole('button', { name: 'Show offers' }).click();
    await expect(page.getByText('Relax the price limit')).toBeVisible();
    await expect(page.getByRole('link', { name: /^Show the \d+ offers? without it/ })).toBeVisible();
    // The tray came along.
    await expect(page.getByRole('region', { name: 'Offers to compare' })).toBeVisible();
    await page.getByRole('link', { name: 'Clear all filters' }).click();
    await expect(page.getByRole('status')).toContainText(/\d+ offers/);

    await page.getByRole('link', { name: 'Cost to finish' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Will it fit?' })).toBeVisible();
    await page.getByLabel('Model').selectOption('llama-3.1-405b');
    await page.getByLabel('Work', { exact: true }).selectOption('full');
    await page.getByRole('button', { name: 'Work it out' }).click();
    await expect(page.getByText(/^No offer holds/)).toBeVisible();
  });
});
