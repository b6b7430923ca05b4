/** The rooms of operations and of municipalities, and the public page of results, in a browser against the real service. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { LOCAL } from "../../engine/audit/actor.js";
import type { Carrier } from "../../schemas/api/operations.js";
import type { Scope } from "../../schemas/words.js";
import { consolePage, faults, inaccessible } from "../browser.js";
import { given } from "../engine/registry/samples.js";
import { InProcess } from "../service/in-process.js";
import { temporaryFolder } from "../temp-folder.js";
import { expectReadable } from "./readable.js";

/** 200 % on a screen of 1280 is as a screen of 640. */
const SCREENS = [
  { width: 1_366, height: 900 },
  { width: 640, height: 400 },
  { width: 320, height: 640 },
];

async function keyWith(
  whole: InProcess,
  scopes: readonly Scope[],
  municipalities: number[] | null = null,
): Promise<string> {
  return given(await whole.service.keys.create({ name: "page", scopes, municipalities }, LOCAL)).secret;
}

/** And is then as it was. */
async function expectAll(page: Page, where: string): Promise<void> {
  await expectReadable(page, where, SCREENS);
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(SCREENS[0]!);
}

test("an operator pauses the last carrier, is told what follows, sees it, and switches it on again", async (context) => {
  const whole = await InProcess.start();
  const key = await keyWith(whole, ["watch", "operate", "dispatch"]);
  const page = await consolePage(whole.service.port, key, "/console/operations");
  if (page === undefined) return context.skip();
  const carrier = async (): Promise<Carrier> => {
    const { json } = await whole.ask<{ carriers: Carrier[] }>("controlRoom", "GET", "/v1/carriers");
    return json.carriers[0]!;
  };
  const row = page.getByRole("row", { name: /^north ● in gebruik/ });
  await row.waitFor();
  await page.getByText("Er is niets dat aandacht vraagt.").waitFor();
  await page.getByRole("img", { name: /^Berichten per seconde/ }).waitFor();
  await page.getByRole("button", { name: "Gebruik van north wijzigen" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Wat moet deze provider doen?").selectOption("paused");
  await dialog.getByText("Dit is de laatste die dit kanaal verstuurt.").waitFor();
  await dialog.getByLabel("Aandeel").fill("nul");
  await dialog.getByText("Een getal van 0,001").waitFor();
  await dialog.getByLabel("Aandeel").fill("2,5");
  expect(await inaccessible(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Toepassen" }).click();
  await page.getByRole("row", { name: /^north ❚❚ gepauzeerd/ }).waitFor();
  await page.getByText("Er gaat niets meer uit").first().waitFor();
  expect(await carrier()).toMatchObject({ state: "paused", share: 2.5, control: { by: "page", untilReload: false } });
  await expectAll(page, "operations");

  await page.getByRole("button", { name: "Gebruik van north wijzigen" }).click();
  await dialog.getByLabel("Wat moet deze provider doen?").selectOption("running");
  await dialog.getByLabel("Aandeel").fill("");
  await dialog.getByRole("button", { name: "Toepassen" }).click();
  await row.waitFor();
  await page.getByText("Er is niets dat aandacht vraagt.").waitFor();
  expect(await carrier()).toMatchObject({ state: "running", share: 1, control: null });
  expect(faults(page)).toEqual([]);
});

test("who may only watch is offered nothing to change, and the page says when it is out of date", async (context) => {
  const whole = await InProcess.start();
  const page = await consolePage(whole.service.port, await keyWith(whole, ["watch"]), "/console/operations");
  if (page === undefined) return context.skip();
  await page
    .getByRole("row", { name: /^north/ })
    .first()
    .waitFor();
  await page.getByText("Met deze sleutel kunt u kijken.").waitFor();
  expect(await page.getByRole("button", { name: /wijzigen/ }).count()).toBe(0);
  await whole.service.close();
  await page.getByText("Geen verbinding met de dienst sinds").waitFor();
  expect(faults(page)).toEqual([]);
});

test("a municipality sees who takes part and where people are missing, and imports its file after a dry run", async (context) => {
  const whole = await InProcess.start();
  const key = await keyWith(whole, ["registry", "reach"], [344]);
  const page = await consolePage(whole.service.port, key, "/console/municipality");
  if (page === undefined) return context.skip();
  await page.getByRole("table", { name: "Wie waarvoor gevraagd wil worden" }).waitFor();
  await expectAll(page, "statistics");
  await page.getByRole("tab", { name: "Bereik" }).click();
  await page.getByRole("application", { name: "Kaart van het bereik" }).waitFor();
  await page.getByRole("table", { name: "Waar de meeste mensen ontbreken" }).waitFor();
  await expectAll(page, "reach");
  await page.getByRole("tab", { name: "Groei" }).click();
  await page.getByRole("img", { name: /^Deelnemers aan het eind van de dag/ }).waitFor();
  await expectAll(page, "growth");

  await page.getByRole("tab", { name: "Bestand inlezen" }).click();
  const file = join(temporaryFolder(), "deelnemers.csv");
  writeFileSync(file, "number,lat,lng\n+31612340001,52.0907,5.1215\n+31612340002,52.0910,5.1220\nniets,52.09,5.12\n");
  await page.getByLabel("Bestand", { exact: true }).setInputFiles(file);
  await page.getByLabel("Als er regels niet kloppen").selectOption("bestEffort");
  expect(await page.getByRole("button", { name: "Nu echt inlezen" }).isDisabled()).toBe(true);
  // What is tried is what is read in then: no other file while this one is on its way.
  let letGo = (): void => {};
  const isLetGo = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await page.route("**/v1/imports?*", (sent) => isLetGo.then(() => sent.continue()), { times: 1 });
  await page.getByRole("button", { name: "Proef" }).click();
  await page.locator("input[type=file]:disabled").waitFor();
  letGo();
  await page.getByText("Proef klaar. Er is niets veranderd.").waitFor();
  await page.getByRole("row", { name: "nieuw 2" }).waitFor();
  await page.getByRole("row", { name: "regels geweigerd 1" }).waitFor();
  await expectAll(page, "import");
  await page.getByRole("button", { name: "Nu echt inlezen" }).click();
  await page.getByText("Het bestand is ingelezen.").waitFor();
  expect(faults(page)).toEqual([]);
});

test("anybody reads the results, in both languages, with the open data beside them", async (context) => {
  const whole = await InProcess.start();
  const page = await consolePage(whole.service.port, whole.keys.controlRoom, "/console/dispatch");
  if (page === undefined) return context.skip();
  await page.context().clearCookies();
  await page.goto(`http://127.0.0.1:${whole.service.port}/cijfers`);
  await page.getByRole("heading", { name: "Burgernet in cijfers" }).waitFor();
  await page.getByText(/tot en met|nog geen hele maand/).waitFor();
  await page.getByLabel("Jaar").selectOption({ index: 1 });
  await page.getByRole("table", { name: "Per maand" }).waitFor();
  await expectAll(page, "results");
  const [csv] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "als CSV" }).click()]);
  expect(csv.suggestedFilename()).toMatch(/^burgernet-\d{4}\.csv$/);
  await page.getByLabel("Taal").selectOption("en");
  await page.getByRole("heading", { name: "Burgernet in figures" }).waitFor();
  expect(faults(page)).toEqual([]);
});
