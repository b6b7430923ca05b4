/** `seinpost key`, over a folder that no service runs on. Beside one that does: test/service/keys.test.ts. */
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { Trail } from "../../../../engine/audit/trail.js";
import { MACHINE_CLOCK } from "../../../../engine/clock/clock.js";
import { Keys } from "../../../../engine/rights/keys.js";
import { SCOPES_OF_ROLE } from "../../../../engine/rights/scopes.js";
import { lockFolder } from "../../../../engine/store/lock.js";
import { Store } from "../../../../engine/store/store.js";
import { startNode } from "../../../children.js";
import { given } from "../../../engine/registry/samples.js";
import { temporaryFolder } from "../../../temp-folder.js";

const COMMAND = new URL("../../../../gateway/main.js", import.meta.url);

async function key(folder: string, ...args: string[]) {
  const child = startNode(COMMAND, ["key", ...args], { env: { SEINPOST_DATA: folder } });
  const { code } = await child.ended;
  return { code, lines: child.lines, errors: child.errors() };
}

const create = (folder: string, ...args: string[]) => key(folder, "create", ...args);

async function principals(folder: string, ...secrets: string[]) {
  const store = given(Store.open(folder));
  const keys = new Keys(store, MACHINE_CLOCK, new Trail(store, Date.now));
  const found = secrets.map((secret) => keys.verify(secret));
  await store.close();
  return found;
}

test("a key has the scopes of a role, or those that are named, and is shown alone on stdout", async () => {
  const folder = temporaryFolder();
  const room = await create(folder, "--name", "room");
  const town = await create(folder, "--name", "Woerden", "--role", "municipality", "--municipality", "GM0632");
  const wall = await create(folder, "--name", "wall", "--scope", "watch,reach");
  const region = await create(folder, "--name", "region", "--scope", "draft", "--municipality", "GM0632", "GM0014");
  for (const { lines } of [room, town, wall, region]) expect(lines).toEqual([expect.stringMatching(/^spk_[\w-]{43}$/)]);
  const found = await principals(folder, ...[room, town, wall, region].map(({ lines }) => lines[0]!));
  expect(found.map((one) => [given(one).by.name, [...given(one).scopes], given(one).municipalities])).toEqual([
    ["room", SCOPES_OF_ROLE.controlRoom, undefined],
    ["Woerden", SCOPES_OF_ROLE.municipality, [632]],
    ["wall", ["watch", "reach"], undefined],
    ["region", ["draft"], [632, 14]],
  ]);
});

test("keys are listed, rotated and revoked", async () => {
  const folder = temporaryFolder();
  const made = await create(
    folder,
    "--name",
    "wall",
    "--scope",
    "watch",
    "--messages-per-day",
    "5",
    "--cost-per-day",
    "2.5EUR",
  );
  const listed = await key(folder, "list");
  const id = listed.lines[1]!.split(" ")[0]!;
  expect(listed.lines[1]).toMatch(/^\w{12} +active +wall +watch +everywhere +0\/5 messages, 0\/2.5 EUR +- +-$/);
  expect(listed.lines.join()).not.toContain(made.lines[0]);
  const rotated = await key(folder, "rotate", id, "--grace", "0");
  expect((await principals(folder, made.lines[0]!, rotated.lines[0]!)).map(({ ok }) => ok)).toEqual([false, true]);
  expect(await key(folder, "revoke", id)).toMatchObject({ code: 0, errors: `${id} (wall) counts no more\n` });
  expect((await principals(folder, rotated.lines[0]!)).map(({ ok }) => ok)).toEqual([false]);
  expect(await key(folder, "revoke", id)).toMatchObject({ code: 2, errors: expect.stringContaining("WRONG_STATE") });
  expect(await key(folder, "revoke", "no/body")).toMatchObject({
    code: 2,
    errors: expect.stringContaining("NOT_FOUND"),
  });
});

test("a folder that another process holds is tried again later: 75, as of a start", async () => {
  const folder = temporaryFolder();
  const letGo = given(await lockFolder(folder, () => {}));
  expect(await create(folder, "--name", "x")).toMatchObject({ code: 75, lines: [] });
  letGo();
});

test("a folder without a store has no keys, and is not made to look", async () => {
  const folder = temporaryFolder();
  expect(await key(folder, "list")).toMatchObject({ code: 2, errors: expect.stringContaining("STORE_UNUSABLE") });
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  ["no municipality", ["--role", "municipality"]],
  ["no number of one", ["--role", "municipality", "--municipality", "GM63"]],
  ["the number of none", ["--role", "municipality", "--municipality", "GM0000"]],
  ["a municipality of a control room", ["--municipality", "GM0632"]],
  ["an unknown role", ["--role", "mayor"]],
  ["an unknown scope", ["--scope", "everything"]],
  ["a budget that is no number", ["--messages-per-day", "many"]],
  ["a price without a currency", ["--cost-per-day", "5"]],
  ["a time that is over", ["--expires", "2001-01-01T00:00:00Z"]],
])("no key is made with %s", async (_name, args) => {
  const folder = temporaryFolder();
  const made = await create(folder, "--name", "x", ...args);
  expect(made.code).not.toBe(0);
  expect(made.lines).toEqual([]);
  expect(made.errors).not.toBe("");
});
