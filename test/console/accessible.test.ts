/** The dispatcher's screens for everybody who has to read them. */
import { expect, test } from "vitest";
import type { Action } from "../../schemas/api/api.js";
import { consolePage, faults, inaccessible } from "../browser.js";
import { InProcess } from "../service/in-process.js";
import { expectReadable } from "./readable.js";

/** 200 % on a screen of 1280 is as a screen of 640. */
const SCREENS = [
  { width: 1_366, height: 820 },
  { width: 640, height: 400 },
  { width: 320, height: 640 },
];

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
    await expectReadable(page, name, SCREENS, (_theme, width) => width === SCREENS[0]!.width);
  }
  expect(faults(page)).toEqual([]);
  // What axe is to find, it finds.
  await page.evaluate("document.querySelector('main').append(document.createElement('input'))");
  expect((await inaccessible(page)).join()).toContain("label");
});
