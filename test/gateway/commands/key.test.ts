import { expect, test } from "vitest";
import { KeyStore } from "../../../engine/store/key-store.js";
import { Store } from "../../../engine/store/store.js";
import { hashKey } from "../../../gateway/http/request/keys.js";
import { startNode } from "../../children.js";
import { given } from "../../engine/registry/samples.js";
import { temporaryFolder } from "../../temp-folder.js";

const COMMAND = new URL("../../../gateway/main.js", import.meta.url);

async function create(folder: string, ...args: string[]) {
  const child = startNode(COMMAND, ["key", "create", ...args], { env: { SEINPOST_DATA: folder } });
  const { code } = await child.ended;
  return { code, key: child.lines[0] ?? "", errors: child.errors() };
}

test("a key has a role, a municipality's key a municipality, and one of before is a control room's", async () => {
  const folder = temporaryFolder();
  const before = given(Store.open(folder));
  const old = { keyId: "old", name: "old", createdAtMs: 1 };
  await before.commit(
    () => void before.table("keys").put(Buffer.from(hashKey("old"), "hex"), Buffer.from(JSON.stringify(old))),
  );
  await before.close();
  const room = await create(folder, "--name", "room");
  const municipality = await create(folder, "--name", "Woerden", "--role", "municipality", "--municipality", "GM0632");
  const app = await create(folder, "--name", "app", "--role", "app");
  const store = given(Store.open(folder));
  const keys = new KeyStore(store);
  expect(keys.find(hashKey("old"))).toEqual({ ...old, role: "controlRoom" });
  expect(keys.find(hashKey(room.key))).toMatchObject({ name: "room", role: "controlRoom" });
  expect(keys.find(hashKey(municipality.key))).toMatchObject({ role: "municipality", municipality: 632 });
  expect(keys.find(hashKey(app.key))).not.toHaveProperty("municipality");
  await store.close();
});

test.each([
  ["no municipality", ["--role", "municipality"]],
  ["no number of one", ["--role", "municipality", "--municipality", "GM63"]],
  ["the number of none", ["--role", "municipality", "--municipality", "GM0000"]],
  ["a municipality of a control room", ["--municipality", "GM0632"]],
  ["an unknown role", ["--role", "mayor"]],
])("no key is made with %s", async (_name, args) => {
  const folder = temporaryFolder();
  const made = await create(folder, "--name", "x", ...args);
  expect(made.code).not.toBe(0);
  expect(made.key).toBe("");
  expect(made.errors).not.toBe("");
});
