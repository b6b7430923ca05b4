/**
 * A browser for tests of pages: Debian's Chromium, one for a file of tests. Where there is none it is installed if that is asked for
 * (interop/tools.ts); else the tests are skipped, in one line that says so.
 *
 * Every page has a profile of its own and notes what should never happen: a request that leaves its origin, an error in a script, and
 * what the content security policy had to stop (`faults`); beside those, whatever was logged as an error (`logged`), which for a page
 * that is refused something on purpose is no fault. Its clock goes on by itself, and can be moved on.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, onTestFinished } from "vitest";
import { missing } from "./interop/tools.js";

const CHROMIUM = "/usr/bin/chromium";
const FLAGS = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];

let browser: Promise<Browser | undefined> | undefined;
afterAll(async () => (await browser)?.close());

async function launch(): Promise<Browser | undefined> {
  const why = missing("chromium");
  if (why === null) return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  console.log(`skipped: ${why}`);
  return undefined;
}

interface Noted {
  readonly faults: string[];
  readonly logged: string[];
}

const notes = new WeakMap<Page, Noted>();

/** What should not have happened on the page so far. */
export function faults(page: Page): readonly string[] {
  return notes.get(page)!.faults;
}

/** What the page logged as an error so far, requests that were refused among it. */
export function logged(page: Page): readonly string[] {
  return notes.get(page)!.logged;
}

function noteOn(page: Page, ours: string): void {
  const noted: Noted = { faults: [], logged: [] };
  notes.set(page, noted);
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== ours && protocol !== "blob:") noted.faults.push(`a request to ${request.url()}`);
  });
  page.on("pageerror", ({ message }) => noted.faults.push(message));
  page.on("console", (message) => {
    if (message.type() === "error") noted.logged.push(message.text());
    if (/Content Security Policy|TrustedHTML/.test(message.text())) noted.faults.push(message.text());
  });
}

/** A page as anybody sees it; undefined where there is no browser. */
export async function openPage(
  port: number,
  path: string,
  options: BrowserContextOptions = {},
): Promise<Page | undefined> {
  browser ??= launch();
  const running = await browser;
  if (running === undefined) return undefined;
  const context = await running.newContext({ viewport: { width: 1_366, height: 820 }, ...options });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const origin = `http://127.0.0.1:${port}`;
  noteOn(page, origin);
  await page.clock.install();
  await page.goto(`${origin}${path}`);
  return page;
}

/** A page of the console, signed in with this key; undefined where there is no browser. */
export async function consolePage(port: number, key: string, path: string): Promise<Page | undefined> {
  const page = await openPage(port, path);
  await page?.getByLabel("API-sleutel").fill(key);
  await page?.keyboard.press("Enter");
  return page;
}

/** Where `npm run screenshots` wants pictures of the screens; none are made otherwise. */
const PICTURES = process.env.SCREENSHOTS;

/** As it is seen just now, small enough to be kept with the source. */
export async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  // Maps are there, and drawn in the size that the page has now.
  await page.waitForLoadState("networkidle");
  await page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))");
  await sharp(await page.screenshot())
    .png({ palette: true, colours: 64, compressionLevel: 9 })
    .toFile(join(PICTURES, `${name.replaceAll(" ", "-")}.png`));
}

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WCAG_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

interface Found {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

/** What of WCAG 2.2 AA the page does not keep, as axe sees it. */
export function inaccessible(page: Page): Promise<string[]> {
  return violations(page, { runOnly: WCAG_AA });
}

/** What axe knows to be a barrier or bad practice, beyond WCAG too. */
export function barriers(page: Page): Promise<string[]> {
  return violations(page, {});
}

/** In a world of its own, which the policy of the page does not bind. */
async function violations(page: Page, options: { readonly runOnly?: readonly string[] }): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send("Page.getFrameTree");
  const { executionContextId } = await session.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id });
  const run = `axe.run(document, ${JSON.stringify({ ...options, resultTypes: ["violations"] })})`;
  const { result, exceptionDetails } = await session.send("Runtime.evaluate", {
    ...{ contextId: executionContextId, awaitPromise: true, returnByValue: true },
    expression: `${AXE};${run}`,
  });
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return (result.value as Found).violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
}
