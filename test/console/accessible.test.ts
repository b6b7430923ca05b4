import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import type { Action } from "../../schemas/api/api.js";
import { consolePage, faults, inaccessible, picture } from "../browser.js";
import { InProcess } from "../service/in-process.js";

/** 200 % on a screen of 1280 is as a screen of 640. */
const SCREENS = [
  { width: 1_366, height: 820 },
  { width: 640, height: 400 },
  { width: 320, height: 640 },
];

/** Nothing sticks out to the right. */
function isWithin(page: Page): Promise<boolean> {
  return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth");
}

test("the dispatcher's screens keep WCAG 2.2 AA in both themes, at 320 pixels and at 200 %, and scroll in one direction", async (context) => {
  const whole = await InProcess.start();
  const area = { type: "Circle", center: [5.3, 52.2], radiusMeters: 150_000 };
  const asked = { area, kind: "missingPerson", fields: { person: "boy", age: "5", place: "Weesp" }, dispatch: true };
  const { json } = await whole.ask<Action>("controlRoom", "POST", "/v1/actions", asked);
  await whole.ask("controlRoom", "POST", `/v1/actions/${json.id}/replies`, {
    channel: "voice",
    text: "Bij het station",
  });
  const page = await consolePage(whole.service.port, whole.keys.controlRoom, "/console/dispatch");
  if (page === undefined) return context.skip();
  const screens = [
    ["/console/dispatch", "dispatch", () => page.getByLabel("Leeftijd").waitFor()],
    ["/console/live", "running", () => page.getByRole("link", { name: /vermist/ }).waitFor()],
    [`/console/live/${json.id}`, "action", () => page.locator(".reply").waitFor()],
  ] as const;
  for (const [path, name, ready] of screens) {
    if (path !== "/console/dispatch") await page.goto(`http://127.0.0.1:${whole.service.port}${path}`);
    await ready();
    if (path.endsWith(json.id)) await page.getByRole("button", { name: "Uitbreiden" }).click();
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(SCREENS[0]!);
      await picture(page, `${name} ${colorScheme}`);
      for (const size of SCREENS) {
        await page.setViewportSize(size);
        const where = `${path} ${colorScheme} ${size.width}`;
        expect(await inaccessible(page), where).toEqual([]);
        expect(await isWithin(page), where).toBe(true);
      }
    }
  }
  expect(faults(page)).toEqual([]);
  // What axe is to find, it finds.
  await page.evaluate("document.querySelector('main').append(document.createElement('input'))");
  expect((await inaccessible(page)).join()).toContain("label");
});
