/** However a process has to end, it ends: beside a transaction, whatever that does, and with nothing of what was asked for too late. */
import { expect, test } from "vitest";
import { Store } from "../../../engine/store/store.js";
import { EXIT } from "../../../gateway/commands/exit-codes.js";
import { type Child, startNode } from "../../children.js";
import { until } from "../../engine/dispatch/fixtures.js";
import { given } from "../../engine/registry/samples.js";
import { temporaryFolder } from "../../temp-folder.js";

const MAIN = new URL("../../../gateway/main.js", import.meta.url);

function leaving(folder: string, how: string): Child {
  return startNode(new URL("./leave-child.js", import.meta.url), [folder, how]);
}

/** Whether what was asked for after it had left is there. */
async function isTooLateThere(folder: string): Promise<boolean> {
  const store = given(Store.open(folder));
  const isThere = store.table("meta").has(Buffer.from("after"));
  await store.close();
  return isThere;
}

test.each(["in a turn", "from a microtask", "from an immediate", "from a timer"])(
  "a process that leaves while it commits has gone with its code: %s",
  async (how) => {
    for (let round = 0; round < 3; round++) {
      const folder = temporaryFolder();
      const child = leaving(folder, how);
      expect([await child.ended, child.errors()]).toEqual([{ code: EXIT.fatal, signal: null }, ""]);
      expect(child.lines).toEqual(["begun"]);
      expect(await isTooLateThere(folder)).toBe(false);
    }
  },
);

test("where a transaction does not end it goes as a crash would", async () => {
  const folder = temporaryFolder();
  const child = leaving(folder, "while it hangs");
  await until(() => child.lines.length > 0);
  const holder = startNode(new URL("./holding-child.js", import.meta.url), [folder]);
  await until(() => holder.lines.length > 0);
  child.process.kill("SIGUSR2");
  expect(await child.ended).toEqual({ code: null, signal: "SIGKILL" });
  expect(child.lines).toEqual(["begun"]);
});

test("a mistake of the program's own ends it, and is told", async () => {
  // Made as soon as the program is there to hear of it.
  const script = `process.on("newListener", (event) => {
    if (event === "uncaughtException") setImmediate(() => { throw new Error("a mistake"); });
  });`;
  const broken = `data:text/javascript,${encodeURIComponent(script)}`;
  const child = startNode(MAIN, ["--version"], { env: { NODE_OPTIONS: `--import=${broken}` } });
  expect(await child.ended).toEqual({ code: EXIT.fatal, signal: null });
  expect(child.errors()).toContain("Error: a mistake\n");
});
