/**
 * The page of an action and that of one upload as a citizen has them, in a real browser on a small telephone: in Dutch and in English, by
 * day and by night, without a barrier that axe-core knows of, and without a request to anywhere else.
 */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import type { OwnReply } from "../../../schemas/api/action/page.js";
import type { ReplyPage } from "../../../schemas/api/action/reply.js";
import type { Action } from "../../../schemas/api/api.js";
import { barriers, faults, logged, openPage, picture } from "../../browser.js";
import { phonePhoto } from "../../engine/media/rig.js";
import { InProcess, textsTo } from "../in-process.js";
import { EVERYWHERE } from "../whole.js";
import { read, sent } from "./sent-action.js";

/** The smallest telephone that is still about. */
const SMALL = { viewport: { width: 320, height: 568 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true } as const;
const SAID = "Rode jas, bij de brug";
const ANSWER = "Dank u. Welke kant liep hij op?";

interface Words {
  readonly locale: string;
  readonly colorScheme: "light" | "dark";
  readonly send: string;
  readonly thanks: string;
  readonly photoIn: string;
  readonly look: string;
  readonly back: string;
  readonly taken: string;
  readonly gone: string;
  readonly picture: string;
}

const LANGUAGES: readonly Words[] = [
  {
    ...{
      locale: "nl-NL",
      colorScheme: "light",
      send: "Versturen",
      photoIn: "Binnen: foto.jpg",
      look: "Bekijk antwoord",
    },
    thanks: "Bedankt. Uw bericht is binnen. Wie u bent, weten wij niet.",
    ...{ back: "Bericht intrekken", taken: "Uw bericht is ingetrokken.", gone: "Deze actie is voorbij." },
    picture: "Foto bij deze actie",
  },
  {
    ...{ locale: "en-GB", colorScheme: "dark", send: "Send", photoIn: "In: foto.jpg", look: "See the answer" },
    thanks: "Thank you. Your message is in. We don't know who you are.",
    ...{ back: "Take the message back", taken: "Your message was taken back.", gone: "This action is over." },
    picture: "Photo of this action",
  },
];

/** As it is at this moment: nothing that axe-core finds, nothing that has to be moved sideways. */
async function expectGood(page: Page, name: string): Promise<void> {
  await picture(page, name);
  expect(await barriers(page), name).toEqual([]);
  expect(await page.evaluate("document.documentElement.scrollWidth"), name).toBeLessThanOrEqual(SMALL.viewport.width);
}

test.for(LANGUAGES)(
  "somebody replies with a photo, reads the answer and takes the reply back ($locale)",
  async ({ locale, colorScheme, ...words }, context) => {
    const whole = await InProcess.start();
    const { action, link } = await sent(whole);
    const open = () => openPage(whole.service.port, `/a/${link}`, { ...SMALL, locale, colorScheme });
    const page = await open();
    if (page === undefined) return context.skip();
    await page.getByText(action.text).waitFor();
    await page.locator("#pictures img").waitFor();
    await expect.poll(() => page.evaluate("document.images[0].naturalWidth")).toBe(480);
    await page.getByAltText(words.picture).waitFor();
    await expectGood(page, `${locale}-page`);

    await page.locator("textarea").fill(SAID);
    const photo = { name: "foto.jpg", mimeType: "image/jpeg", buffer: await phonePhoto() };
    await page.locator("#file").setInputFiles(photo);
    await page.getByRole("button", { name: words.send, exact: true }).tap();
    await page.getByText(words.thanks).waitFor();
    await page.getByText(words.photoIn).waitFor();
    const code = await page.locator("#code").innerText();
    await expectGood(page, `${locale}-sent`);

    await read(whole, action.id);
    const path = `/v1/actions/${action.id}/replies`;
    const [reply] = (await whole.ask<ReplyPage>("controlRoom", "GET", path)).json.replies;
    expect(reply).toMatchObject({ text: SAID, channel: "web", media: [{ state: "ready", kind: "photo" }] });
    await whole.ask("controlRoom", "POST", `${path}/${reply!.sequence}/answers`, { text: ANSWER });
    await page.locator("#own").fill(code.toLowerCase());
    await page.getByRole("button", { name: words.look, exact: true }).tap();
    await page.getByText(ANSWER).waitFor();
    await expectGood(page, `${locale}-answer`);

    await page.getByRole("button", { name: words.back, exact: true }).tap();
    await page.getByText(words.taken).waitFor();
    expect((await whole.ask<OwnReply>("anybody", "GET", `/v1/replies/${code}`)).status).toBe(404);
    // Nothing is left on the telephone.
    expect(await page.context().storageState()).toEqual({ cookies: [], origins: [] });
    expect([...faults(page), ...logged(page)]).toEqual([]);

    await whole.ask("controlRoom", "POST", `/v1/actions/${action.id}/end`, { text: "Gevonden. Dank u." });
    // To a visitor who has not just seen it: for some seconds whoever has may still be shown it.
    const late = (await open())!;
    await late.getByText(words.gone).waitFor();
    await expectGood(late, `${locale}-gone`);
  },
);

test("somebody on the telephone with the desk sends one photo by the link in an SMS", async (context) => {
  const whole = await InProcess.start();
  const draft = { area: EVERYWHERE, text: "draft" };
  const { id } = (await whole.ask<Action>("controlRoom", "POST", "/v1/actions", draft)).json;
  await whole.ask("controlRoom", "POST", `/v1/actions/${id}/uploads`, { number: "06 12345678" });
  const [text] = await textsTo(whole.simulator, 31_612_345_678, 1);
  const [path] = /\/u\/\w+$/.exec(text!)!;
  const page = await openPage(whole.service.port, path, { ...SMALL, locale: "nl-NL" });
  if (page === undefined) return context.skip();
  await page.locator("#file").waitFor();
  await expectGood(page, "upload");
  await page.locator("#file").setInputFiles({ name: "foto.jpg", mimeType: "", buffer: await phonePhoto() });
  await page.getByRole("button", { name: "Versturen" }).tap();
  await page.getByText("Binnen: foto.jpg").waitFor();
  await expectGood(page, "uploaded");
  expect(await read(whole, id)).toMatchObject([{ from: "caller", state: "ready", out: false }]);
  expect([...faults(page), ...logged(page)]).toEqual([]);
});
