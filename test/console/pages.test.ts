/** The frame of the staff's pages, the citizen's page and the API's description, each as a person uses it, against the real service. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { LOCAL } from "../../engine/audit/actor.js";
import { consolePage, faults, openPage } from "../browser.js";
import { given } from "../engine/registry/samples.js";
import { InProcess, textsTo } from "../service/in-process.js";
import { expectReadable } from "./readable.js";

/** A small telephone; a screen of 1280 at 200 %; and a desk. */
const SCREENS = [
  { width: 320, height: 640 },
  { width: 640, height: 400 },
  { width: 1_280, height: 800 },
];

const expectAccessible = (page: Page, name: string): Promise<void> =>
  expectReadable(page, name, SCREENS, (theme, width) => width === (theme === "light" ? 1_280 : 320));

test("staff sign in, and lose nothing they typed to a network that is cut, a key that is revoked, or a reload", async (context) => {
  const whole = await InProcess.start();
  const { port, keys } = whole.service;
  const make = async () => given(await keys.create({ name: "desk", scopes: ["admin"] }, LOCAL));
  const [first, second] = [await make(), await make()];
  const page = await openPage(port, "/");
  if (page === undefined) return context.skip();
  await page.getByLabel("API-sleutel").fill("spk_wrong");
  await page.keyboard.press("Enter");
  await page.getByText("niet (meer) geldig").waitFor();
  await expectAccessible(page, "signing in");
  await page.getByLabel("API-sleutel").fill(first.secret);
  await page.keyboard.press("Enter");
  const name = page.getByLabel("Naam");
  await name.fill("Meldkamer <b>Oost</b>");
  await page.getByLabel("watch", { exact: true }).check();
  await expectAccessible(page, "keys");
  await page.context().setOffline(true);
  await page.getByRole("button", { name: "Nieuwe sleutel" }).click();
  await page.getByText("geen verbinding met de dienst").waitFor();
  await page.context().setOffline(false);
  given(await keys.revoke(first.record.keyId, LOCAL));
  await page.getByRole("button", { name: "Nieuwe sleutel" }).click();
  await page.getByText("Uw sessie is beëindigd").waitFor();
  await expectAccessible(page, "signing in again");
  await page.getByRole("dialog").getByLabel("API-sleutel").fill(second.secret);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  // Somebody else's half-written words are not for who comes after them.
  expect(await name.inputValue()).toBe("");
  await name.fill("Meldkamer <b>Oost</b>");
  await page.getByLabel("watch", { exact: true }).check();
  await page.reload();
  expect(await name.inputValue()).toBe("Meldkamer <b>Oost</b>");
  await page.getByRole("button", { name: "Nieuwe sleutel" }).click();
  await page.getByText("wordt alleen nu getoond").waitFor();
  expect(await page.getByRole("row", { name: "Meldkamer <b>Oost</b>" }).count()).toBe(1);
  expect(await name.inputValue()).toBe("");
  await page.getByRole("button", { name: "Sleutel Meldkamer <b>Oost</b> intrekken" }).click();
  await page.context().setOffline(true);
  await page.getByRole("dialog").getByRole("button", { name: "Intrekken" }).click();
  await page.getByRole("dialog").getByText("geen verbinding met de dienst").waitFor();
  await page.context().setOffline(false);
  await page.getByRole("dialog").getByRole("button", { name: "Intrekken" }).click();
  await page.getByRole("row", { name: /^Meldkamer <b>Oost<\/b> ingetrokken/ }).waitFor();
  // A browser that keeps nothing lets one sign out all the same.
  await page.addInitScript(
    "Object.defineProperty(window, 'sessionStorage', { get() { throw new Error('forbidden'); } })",
  );
  await page.reload();
  await page.getByRole("button", { name: "Afmelden" }).click();
  await page.getByRole("button", { name: "Aanmelden" }).waitFor();
  expect(faults(page)).toEqual([]);
});

test("a citizen joins by a code, says what is welcome where and when, pauses, and leaves for good", async (context) => {
  const whole = await InProcess.start();
  const page = await openPage(whole.service.port, "/me", { viewport: SCREENS[0]! });
  if (page === undefined) return context.skip();
  const scripts: number[] = [];
  page.on("response", async (response) => {
    if (response.url().endsWith(".js")) scripts.push((await response.request().sizes()).responseBodySize);
  });
  await page.reload();
  await page.getByLabel("Mobiel nummer of e-mailadres").fill("06 12345678");
  await page.getByRole("button", { name: "De plek op de kaart gebruiken" }).click();
  await page.getByRole("application").focus();
  for (const key of ["+", "+", "ArrowRight"]) await page.keyboard.press(key);
  await expectAccessible(page, "joining");
  await page.getByRole("button", { name: "Stuur mij een code" }).click();
  await page.getByLabel("Code").waitFor();
  await page.reload();
  const codeIn = (texts: readonly string[]): string => /\d{6,}/.exec(texts.at(-1)!)![0];
  await page.getByLabel("Code").fill(codeIn(await textsTo(whole.simulator, 31_612_345_678, 1)));
  await page.getByRole("button", { name: "Bevestigen" }).click();
  await page.getByLabel("Altijd").uncheck();
  await page.getByRole("button", { name: "zo van 18 tot 23 uur" }).click();
  await page.getByLabel("Nieuws en tips (sms)").uncheck();
  await expectAccessible(page, "places");
  await page.getByRole("button", { name: "Bewaren" }).click();
  await page.getByText("Bewaard.").waitFor();
  // What is not saved yet of a new place outlasts that another is saved.
  await page.getByRole("button", { name: "Plek erbij" }).click();
  const isSaved = page.waitForResponse((answer) => answer.request().method() === "PATCH");
  await page.getByRole("button", { name: "Bewaren" }).first().click();
  await isSaved;
  await page.getByText("Bewaard.").waitFor();
  expect(await page.getByRole("button", { name: "Bewaren" }).count()).toBe(2);
  await page.getByRole("tab", { name: "Word ik gevraagd?" }).click();
  await page.getByRole("row", { name: "Vermist persoon" }).waitFor();
  await expectAccessible(page, "asked");
  await page.keyboard.press("Tab");
  await page.getByRole("tab", { name: "Mijn gegevens" }).click();
  await page.getByRole("button", { name: "Een week pauze" }).click();
  await page.getByText("U krijgt nu niets").waitFor();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Alles ophalen als bestand" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("burgernet.json");
  await page.getByRole("button", { name: "Stoppen met Burgernet" }).click();
  await page.getByLabel("Vul de code in").waitFor();
  await expectAccessible(page, "data");
  await page.getByLabel("Vul de code in").fill(codeIn(await textsTo(whole.simulator, 31_612_345_678, 2)));
  await page.getByRole("button", { name: "Alles wissen" }).click();
  await page.getByText("U doet niet meer mee").waitFor();
  await page.getByLabel("Mobiel nummer of e-mailadres").fill("06 12345678");
  await page.getByRole("button", { name: "De plek op de kaart gebruiken" }).click();
  await page.getByRole("button", { name: "Stuur mij een code" }).click();
  await page.getByLabel("Code").fill(codeIn(await textsTo(whole.simulator, 31_612_345_678, 3)));
  await page.getByRole("button", { name: "Bevestigen" }).click();
  await page.getByRole("button", { name: "Afmelden" }).waitFor();
  expect(await page.getByText("U doet niet meer mee").count()).toBe(0);
  expect(scripts.length).toBeGreaterThan(0);
  expect(scripts.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(100 * 1024);
  expect(faults(page)).toEqual([]);
});

test("the API's description has every operation, with an example, and shows the monitor's messages", async (context) => {
  const whole = await InProcess.start();
  const page = await consolePage(whole.service.port, whole.keys.controlRoom, "/console/");
  if (page === undefined) return context.skip();
  await page.getByRole("button", { name: "Afmelden" }).waitFor();
  await page.goto(`http://127.0.0.1:${whole.service.port}/docs`);
  const { paths } = (await whole.ask<{ paths: Record<string, object> }>("anybody", "GET", "/openapi.json")).json;
  const operations = Object.values(paths).reduce((sum, methods) => sum + Object.keys(methods).length, 0);
  await page.locator("article pre").first().waitFor();
  expect(await page.locator("article[id]:not(#live)").count()).toBe(operations);
  await page.getByLabel("Zoek een aanroep").fill("/v1/carriers");
  const carriers = page.locator("#getCarriers");
  await carriers.locator("summary").click();
  await carriers.getByRole("button", { name: "Vraag op" }).click();
  await carriers.getByText('"north"').first().waitFor();
  const [socket] = await Promise.all([
    page.waitForEvent("websocket"),
    page.getByRole("button", { name: "Luister mee" }).click(),
  ]);
  await page.getByText('"type":"snapshot"').waitFor();
  // Whoever stops listening is not told that the connection was lost.
  const listen = page.getByRole("button", { name: "Luister mee" });
  await Promise.all([socket.waitForEvent("close"), listen.click()]);
  expect(await page.getByText("De verbinding is er niet").count()).toBe(0);
  await expectAccessible(page, "docs");
  expect(faults(page)).toEqual([]);
});
