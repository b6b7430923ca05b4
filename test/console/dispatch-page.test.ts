/** The dispatcher's whole task in a browser, against the real service with a simulated carrier: drawn, counted, sent, followed and ended. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import type { Action, ActionPage } from "../../schemas/api/api.js";
import { consolePage, faults } from "../browser.js";
import { InProcess } from "../service/in-process.js";

/** Everybody who is drawn here lives in the country: a circle over half of it holds most of three hundred. */
const DRAG_PIXELS = 160;

async function enter(whole: InProcess, path = "/console/dispatch"): Promise<Page | undefined> {
  const page = await consolePage(whole.service.port, whole.keys.controlRoom, path);
  await page?.locator(".map canvas").waitFor();
  return page;
}

async function drag(page: Page): Promise<void> {
  const { x, y, width, height } = (await page.locator(".map-hands").boundingBox())!;
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + width / 2 + DRAG_PIXELS, y + height / 2, { steps: 5 });
  await page.mouse.up();
}

/** By keyboard from the first field on. */
async function fill(page: Page, age: string): Promise<void> {
  await page.getByLabel("Wie", { exact: true }).focus();
  await page.keyboard.type("jongen");
  await page.keyboard.press("Tab");
  await page.keyboard.type(age);
  await page.keyboard.press("Tab");
  await page.keyboard.type("station Weesp");
}

/** The gesture of what is real. */
async function holdOnly(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Houd ingedrukt" }).focus();
  await page.keyboard.down("Enter");
  await page.clock.fastForward(1_100);
  await page.keyboard.up("Enter");
}

/** The same, and the countdown, which the clock of the page passes at once. */
async function hold(page: Page): Promise<void> {
  await holdOnly(page);
  for (let second = 0; second < 5; second += 1) await page.clock.fastForward(1_000);
}

async function send(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Verzenden …" }).click();
  await hold(page);
}

const actionsOf = async (whole: InProcess): Promise<readonly Action[]> =>
  (await whole.ask<ActionPage>("controlRoom", "GET", "/v1/actions")).json.actions;

test("a dispatcher draws, fills in, sends in six clicks at most, follows, updates and ends, and people are told", async (context) => {
  const whole = await InProcess.start();
  const page = await enter(whole);
  if (page === undefined) return context.skip();
  await page.evaluate("window.clicks = 0; document.addEventListener('pointerdown', () => (window.clicks += 1), true)");
  await drag(page);
  await page.locator("#recipients").waitFor();
  await fill(page, "5");
  await page.locator(".phone blockquote").first().waitFor();
  expect(await page.locator(".phone").first().innerText()).toContain("jongen van 5 jaar");
  await send(page);
  expect(await page.evaluate("window.clicks")).toBeLessThanOrEqual(6);
  await page.waitForURL("**/console/live/*");
  await page.getByText(/afgeleverd/).waitFor();
  const [action] = await actionsOf(whole);
  expect(action).toMatchObject({
    kind: "missingPerson",
    area: { type: "Circle" },
    actors: { dispatched: { name: "controlRoom" } },
  });

  await page.getByRole("button", { name: "Update", exact: true }).click();
  await page.getByLabel("Wat is er nieuw").fill("Hij draagt een rode jas.");
  await hold(page);
  await page.getByRole("rowheader", { name: "1 update" }).waitFor();

  await page.getByRole("button", { name: "Afsluiten" }).click();
  await page.getByLabel("Hoe het afliep").fill("Hij is terecht.");
  await hold(page);
  await page.getByRole("heading", { name: /afgelopen/ }).waitFor();
  const [ended] = await actionsOf(whole);
  const update = ended!.waves.find(({ kind }) => kind === "update");
  expect(update).toMatchObject({ text: expect.stringContaining("rode jas"), recipients: action!.waves[0]!.recipients });
  // What the carrier took last, in its own words.
  const last = (await whole.simulator.texts()).at(-1);
  expect(last?.text).toContain("terecht");
  expect(faults(page)).toEqual([]);
});

test("what was typed outlives a reload and an ended session, and an answer that was lost is asked for under the same key", async (context) => {
  const whole = await InProcess.start();
  const page = await enter(whole);
  if (page === undefined) return context.skip();
  await drag(page);
  await fill(page, "7");
  await page.reload();
  await page.locator(".shapes li").waitFor();
  expect(await page.getByLabel("Leeftijd").inputValue()).toBe("7");

  // The session ends under the hands of who types; the page says so with what it asks for next, and takes up where it was.
  await page.getByLabel("Leeftijd").fill("8");
  await page.context().clearCookies();
  await page.clock.fastForward(20_000);
  await page.getByRole("dialog").getByLabel("API-sleutel").fill(whole.keys.controlRoom);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(await page.getByLabel("Leeftijd").inputValue()).toBe("8");

  const keys: string[] = [];
  await page.route("**/v1/actions", async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    keys.push(route.request().headers()["idempotency-key"] ?? "");
    const response = await route.fetch();
    return keys.length <= 2 ? route.abort() : route.fulfill({ response });
  });
  await send(page);
  await page.getByText("hetzelfde kenmerk").waitFor();
  await page.clock.fastForward(2_000);
  await page.clock.fastForward(4_000);
  await page.waitForURL("**/console/live/*");
  expect([keys.length, new Set(keys).size, (await actionsOf(whole)).length]).toEqual([3, 1, 1]);
});

test("who leaves the page in the countdown has called it off", async (context) => {
  const whole = await InProcess.start();
  const page = await enter(whole);
  if (page === undefined) return context.skip();
  await drag(page);
  await fill(page, "5");
  await page.getByRole("button", { name: "Verzenden …" }).click();
  await holdOnly(page);
  await page.clock.fastForward(2_000);
  await page.getByRole("link", { name: "Lopend" }).click();
  await page.clock.fastForward(10_000);
  await page.getByRole("link", { name: "Nieuwe actie" }).click();
  await page.getByText("er is niets verstuurd").waitFor();
  expect(await actionsOf(whole)).toEqual([]);
});

test("what the service refuses without a second word is said, and the same gesture is that word", async (context) => {
  const whole = await InProcess.start();
  const page = await enter(whole);
  if (page === undefined) return context.skip();
  for (const time of ["first", "second"]) {
    await drag(page);
    await fill(page, "9");
    await page.locator("#recipients").waitFor();
    await send(page);
    if (time === "second") {
      const repeated = page.locator(".send").getByText("Dezelfde mensen kregen dezelfde tekst");
      await repeated.waitFor();
      // Another text is not what this word was asked for.
      await page.getByLabel("Leeftijd").fill("10");
      await repeated.waitFor({ state: "detached" });
      await page.getByLabel("Leeftijd").fill("9");
      await hold(page);
      await page.locator(".send strong", { hasText: "Let op" }).waitFor();
      await hold(page);
    }
    await page.waitForURL("**/console/live/*");
    await page.goto(`http://127.0.0.1:${whole.service.port}/console/dispatch`);
  }
  const [again] = await actionsOf(whole);
  expect(again!.confirmed).toEqual(["TEXT_REPEATED"]);
});

test("what is changed while it counts down does not go out, and a draft that can't be kept says why", async (context) => {
  const whole = await InProcess.start();
  const page = await enter(whole);
  if (page === undefined) return context.skip();
  await drag(page);
  await fill(page, "9");
  await page.getByRole("button", { name: "Verzenden …" }).click();
  await page.getByRole("button", { name: "Houd ingedrukt" }).focus();
  await page.keyboard.down("Enter");
  await page.clock.fastForward(1_100);
  await page.getByText("Gaat over").waitFor();
  await page.getByLabel("Leeftijd").fill("10");
  await page.getByText("Geannuleerd: er is niets verstuurd.").waitFor();
  await page.clock.fastForward(6_000);
  await page.context().setOffline(true);
  await page.getByRole("button", { name: "Bewaren als concept" }).click();
  await page.getByRole("button", { name: "Stop met vragen" }).click();
  await page.locator(".send").getByText("De dienst antwoordt niet op tijd.").waitFor();
  expect(await actionsOf(whole)).toEqual([]);
});

test("of two dispatchers on one action, and on one draft, the second is told who was first and loses nothing", async (context) => {
  const whole = await InProcess.start();
  const page = await enter(whole);
  if (page === undefined) return context.skip();
  const area = { type: "Circle", center: [5.3, 52.2], radiusMeters: 150_000 };
  const drafted = await whole.ask<Action>("controlRoom", "POST", "/v1/actions", {
    area,
    text: "Kijk uit naar een rode auto",
  });
  await page.goto(`http://127.0.0.1:${whole.service.port}/console/dispatch/${drafted.json.id}`);
  await page.locator(".shapes li").waitFor();
  await page.getByRole("textbox", { name: "Tekst" }).fill("Kijk uit naar een blauwe auto");
  const other = await whole.ask("controlRoom", "POST", `/v1/actions/${drafted.json.id}/approve`);
  expect(other.status).toBe(200);
  await page.getByRole("button", { name: "Bewaren als concept" }).click();
  await page.getByText("Een collega heeft dit concept").waitFor();
  expect(await page.getByRole("textbox", { name: "Tekst" }).inputValue()).toBe("Kijk uit naar een blauwe auto");
  await page.getByRole("button", { name: "Bewaar het mijne" }).click();
  await page.getByText("Bewaard als concept").waitFor();
  await send(page);
  await page.waitForURL("**/console/live/*");

  await page.getByRole("button", { name: "Update", exact: true }).click();
  await page.getByRole("textbox", { name: "Tekst" }).fill("Het was een groene auto");
  await whole.ask("controlRoom", "POST", `/v1/actions/${drafted.json.id}/end`, { outcome: "cancelled" });
  await page.getByText("Intussen veranderde de actie (controlRoom)").waitFor();
  expect(await page.getByRole("textbox", { name: "Tekst" }).inputValue()).toBe("Het was een groene auto");
  expect(await page.getByRole("button", { name: "Houd ingedrukt" }).count()).toBe(0);
});

test("an exercise has its own words, band and gesture, and what citizens write is never markup", async (context) => {
  const whole = await InProcess.start();
  const page = await enter(whole);
  if (page === undefined) return context.skip();
  await whole.ask("operator", "PUT", "/v1/test-groups/desk", { participants: [0, 1, 2, 3, 4, 5, 6, 7] });
  await page.reload();
  await page.getByLabel("Oefening", { exact: true }).check();
  await page.getByLabel("Testgroep").selectOption("desk");
  await drag(page);
  await fill(page, "6");
  await page.locator(".band", { hasText: "OEFENING" }).waitFor();
  await page.getByRole("button", { name: "Oefening verzenden …" }).click();
  await page.getByLabel("Typ OEFENING").fill("oefening");
  await page.keyboard.press("Enter");
  for (let second = 0; second < 5; second += 1) await page.clock.fastForward(1_000);
  await page.waitForURL("**/console/live/*");
  const [action] = await actionsOf(whole);
  expect(action!.mode).toBe("exercise");
  const hostile = '<img src=x onerror="document.title=1"><b>rode jas</b>';
  await whole.ask("controlRoom", "POST", `/v1/actions/${action!.id}/replies`, { channel: "voice", text: hostile });
  await page.getByText(hostile).waitFor();
  expect(await page.locator(".reply b").count()).toBe(0);
  const forwards: string[] = [];
  page.on("request", (request) => request.url().endsWith("/forward") && forwards.push(request.url()));
  const answered = page.waitForResponse("**/forward");
  await page.getByRole("button", { name: "Doorsturen" }).evaluate((button) => {
    button.click();
    button.click();
  });
  await answered;
  expect(forwards).toHaveLength(1);
  await page.getByLabel("Merk").selectOption("useful");
  await page.locator(".reply.useful").waitFor();
  expect(faults(page)).toEqual([]);
});
