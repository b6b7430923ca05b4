/** Whether a page can be read by everybody, in both themes and at each size of screen that its test names. */
import type { Page, ViewportSize } from "playwright-core";
import { expect } from "vitest";
import { inaccessible, picture } from "../browser.js";

type Theme = "light" | "dark";

/** WCAG 2.2 AA is kept, as axe sees it, and nothing sticks out to the right. Pictures are made of those that are wanted. */
export async function expectReadable(
  page: Page,
  name: string,
  screens: readonly ViewportSize[],
  isPictured: (theme: Theme, width: number) => boolean = () => false,
): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    for (const size of screens) {
      await page.setViewportSize(size);
      const where = `${name} ${colorScheme} ${size.width}`;
      expect(await inaccessible(page), where).toEqual([]);
      const isWithin = "document.documentElement.scrollWidth <= document.documentElement.clientWidth";
      expect(await page.evaluate(isWithin), where).toBe(true);
      if (isPictured(colorScheme, size.width)) await picture(page, `${name} ${colorScheme}`);
    }
  }
}
