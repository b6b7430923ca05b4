/** Which files of tests may share a process. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { sharing } from "./sharing.js";
import { temporaryFolder } from "./temp-folder.js";

const FILES: Readonly<Record<string, string>> = {
  "pure.test.js": 'import { a } from "./pure.js";',
  "pure.js": 'import { join } from "node:path";',
  "store.test.js": 'import { a } from "./pure.js";\nimport { b } from "./between.js";',
  "between.js": 'export * from "./store.js";',
  "store.js": 'import { open } from "lmdb";',
  "later.test.js": 'const { open } = await import("./store.js");',
  "many-lines.test.js": 'import {\n  open,\n} from "./store.js";',
  "replaces.test.js": 'vi.spyOn(Date, "now");',
  "settings.test.js": 'process.env.TZ = "Europe/Amsterdam";',
  "helper.test.js": 'import { child } from "./children.js";',
  "children.js": 'import "node:child_process";',
  "old.test.js": 'import { a } from "./moved-since.js";',
  "round.test.js": 'import { a } from "./round.js";',
  "round.js": 'import { a } from "./round.test.js";',
};

it("those that, with all they import, leave nothing behind in it", () => {
  const folder = temporaryFolder();
  const room = join(folder, "room");
  mkdirSync(room, { recursive: true });
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(room, name), text);
  writeFileSync(join(folder, "beside.test.js"), "");
  expect(sharing(folder).sort()).toEqual([join(room, "pure.test.js"), join(room, "round.test.js")]);
});
