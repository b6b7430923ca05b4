/**
 * A real browser for tests of pages: Debian's Chromium, on pages of the service under test alone. What asks for anything elsewhere, and
 * what a page logs as an error, such as what its policy forbids, is kept for the test to look at.
 */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { onTestFinished } from "vitest";
import { missing } from "./interop/tools.js";

const PROGRAM = "/usr/bin/chromium";
const FLAGS = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Why there is no browser, or null. */
export function noBrowser(): string | null {
  return existsSync(PROGRAM) ? null : missing("chromium");
}

export interface OpenPage {
  readonly page: Page;
  /** Addresses beyond the origin that were asked for, and errors that were logged. */
  readonly strange: string[];
}

let browser: Promise<Browser> | undefined;

/** A page in a browser profile of its own, whose requests may go to this origin alone. One browser serves all tests of a file. */
export async function openPage(origin: string, options: BrowserContextOptions): Promise<OpenPage> {
  browser ??= chromium.launch({ executablePath: PROGRAM, args: FLAGS });
  const context = await (await browser).newContext(options);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const strange: string[] = [];
  page.on("request", (request) => {
    const { origin: asked, protocol } = new URL(request.url());
    if (asked !== origin && protocol !== "blob:" && protocol !== "data:") strange.push(request.url());
  });
  page.on("console", (message) => {
    if (message.type() === "error") strange.push(message.text());
  });
  page.on("pageerror", (error) => void strange.push(error.message));
  return { page, strange };
}

export async function closeBrowser(): Promise<void> {
  await (await browser)?.close();
  browser = undefined;
}

/** What axe-core finds wrong for people who see or move less than others: rule and element, of each. */
export async function barriers(page: Page): Promise<string[]> {
  // Put in by the debugger: the policy of the page lets in no script.
  await page.evaluate(AXE);
  const found = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>("axe.run()");
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
