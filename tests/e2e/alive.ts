import { expect, type Locator } from '@playwright/test';

/**
 * Waits until the page's scripts listen to an element. A page is there before they are: what is pressed until then is a plain link, or is
 * heard by nobody. React marks what it listens to by a property of the element.
 */
export async function isAlive(element: Locator): Promise<void> {
  const listens = (node: Element) => Object.keys(node).some((key) => key.startsWith('__reactProps$'));
  await expect.poll(() => element.evaluate(listens)).toBe(true);
}
