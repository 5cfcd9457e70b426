import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds wrong, a line for each element. `colours`: only what depends on the theme. */
export async function axeFaults(page: Page, what: 'everything' | 'colours' = 'everything'): Promise<string[]> {
  // A page that scripts brought one to, or that has just been looked at anew, has its title a moment after its content. It is waited
  // for here, so axe need not find it at its own moment.
  await page.waitForFunction(() => document.title !== '');
  // What was scrolled under the header that stays is not too small to press.
  await page.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }));
  // Legacy mode looks at this page only and opens no second one for frames, of which there are none.
  // Of what passes nothing is kept: to name each element of it takes longer than to look at it.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] });
  const { violations } = await (what === 'colours'
    ? axe.withRules('color-contrast')
    : axe.withTags(TAGS).disableRules('document-title')
  ).analyze();
  return violations.flatMap(({ id, nodes }) => [
    ...nodes.slice(0, 3).map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`),
    ...(nodes.length > 3 ? [`${id}: and ${nodes.length - 3} more`] : []),
  ]);
}

/** What a page of 320 px does that axe does not see: whether it is wider than its window, and targets under 24 px. */
export function narrowFaults(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    // What watches its size answers in the frame after a window was resized.
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const faults: string[] = [];
    const name = (element: Element) =>
      `${element.tagName.toLowerCase()} "${(element.getAttribute('aria-label') ?? element.textContent ?? '').trim().slice(0, 40)}"`;
    if (document.documentElement.scrollWidth > innerWidth) {
      const reach = (element: Element) => element.getBoundingClientRect().right;
      const isHeld = (element: Element): boolean =>
        element.parentElement !== null &&
        (getComputedStyle(element.parentElement).overflowX !== 'visible' || isHeld(element.parentElement));
      const widest = [...document.body.querySelectorAll('*')]
        .filter((element) => !isHeld(element))
        .reduce((a, b) => (reach(b) > reach(a) ? b : a));
      faults.push(
        `the page is ${document.documentElement.scrollWidth} px wide in a window of ${innerWidth}: ${name(widest)}`,
      );
    }
    const targets = [
      ...document.querySelectorAll<HTMLElement>('a[href], button, input, select, textarea, summary, [role="button"]'),
    ]
      .filter((element) => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }))
      .filter((element) => !(element instanceof HTMLInputElement && element.type === 'hidden'))
      // Hidden from eyes until it is focused, or never meant for a pointer.
      .filter(
        (element) =>
          element.tabIndex >= 0 &&
          getComputedStyle(element).clipPath === 'none' &&
          element.closest('.sr-only') === null,
      )
      .map((element) => ({ element, box: (element.closest('label') ?? element).getBoundingClientRect() }));
    const boxOf = (element: HTMLElement) => {
      // A link that covers its card is as large as the card.
      const after = getComputedStyle(element, '::after');
      if (after.position !== 'absolute' || after.content === 'none') return undefined;
      return element.offsetParent?.getBoundingClientRect();
    };
    for (const { element, box } of targets) {
      const { width, height } = boxOf(element) ?? box;
      if (width >= 23.9 && height >= 23.9) continue;
      // WCAG 2.5.8: a link inside a sentence is as high as its line.
      const inline = getComputedStyle(element).display === 'inline';
      const alone = (element.parentElement?.textContent ?? '').trim() === (element.textContent ?? '').trim();
      if (inline && !alone) continue;
      faults.push(`${name(element)} is ${Math.round(width)} × ${Math.round(height)} px`);
    }
    return faults.slice(0, 8);
  });
}

/** Tables that a page of 320 px scrolls sideways instead of stacking them. */
function sidewaysFaults(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('main [role="group"]')]
      .filter((box) => box.scrollWidth > box.clientWidth + 1)
      .map((box) => `${box.getAttribute('aria-label')} scrolls: ${box.scrollWidth} px in ${box.clientWidth}`),
  );
}

/** Switches what the system prefers, and waits until the page has heard of it: the theme is a class that a script sets. */
export async function prefer(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await expect(page.locator('html')).toHaveClass(colorScheme === 'dark' ? /\bdark\b/ : /\blight\b/);
}

/**
 * Opens a page and holds that it is calm: in light and dark, wide and at 320 px, with one h1. Leaves it wide and light. `stacks`: no table of it
 * scrolls sideways, either.
 */
export async function looksCalm(
  page: Page,
  path: string,
  { status = 200, stacks = false }: { readonly status?: number; readonly stacks?: boolean } = {},
): Promise<void> {
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
  const answer = await page.goto(path);
  expect.soft(answer?.status(), path).toBe(status);
  await prefer(page, 'light');
  expect.soft(await axeFaults(page), `${path}, light`).toEqual([]);
  await prefer(page, 'dark');
  expect.soft(await axeFaults(page, 'colours'), `${path}, dark`).toEqual([]);
  await page.setViewportSize({ width: 320, height: 720 });
  expect.soft(await narrowFaults(page), `${path}, 320 px`).toEqual([]);
  if (stacks) expect.soft(await sidewaysFaults(page), `${path}, 320 px`).toEqual([]);
  expect.soft(await page.getByRole('heading', { level: 1 }).count(), `${path} has one h1`).toBe(1);
  await page.setViewportSize({ width: 1280, height: 900 });
  await prefer(page, 'light');
}

/** What a page looks like, for whoever wants to see it: in a folder that is not committed. */
export async function shot(page: Page, name: string): Promise<void> {
  const folder = process.env.SUBLET_SHOTS;
  if (folder === undefined) return;
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: `${folder}/${name}-${colorScheme}.png`, fullPage: true });
  }
  const { width, height } = page.viewportSize() ?? { width: 1_280, height: 720 };
  await page.setViewportSize({ width: 320, height: 720 });
  await page.screenshot({ path: `${folder}/${name}-narrow.png`, fullPage: true });
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme: 'light' });
}
