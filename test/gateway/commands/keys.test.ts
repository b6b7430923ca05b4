/** `seinpost keys rotate` as a user runs it. */
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type MediaRecord, MediaStore, newMediaId } from "../../../engine/media/media-record.js";
import { Answers } from "../../../engine/pages/answers.js";
import { loadRegistry } from "../../../engine/registry/columns/load.js";
import { type DataFolder, openDataFolder } from "../../../engine/registry/open.js";
import { ReplyStore, UNASSIGNED } from "../../../engine/replies/reply-store.js";
import { lockFolder } from "../../../engine/store/lock.js";
import { putWebhook, storedWebhooks } from "../../../engine/webhooks/webhook-record.js";
import { startNode } from "../../children.js";
import { flattened, given, somePeople, withData, writeSample } from "../../engine/registry/samples.js";
import { Past } from "../../engine/vault/folder.js";
import { temporaryFolder } from "../../temp-folder.js";

const COMMAND = new URL("../../../gateway/main.js", import.meta.url);

async function rotate(folder: string, ...args: readonly string[]) {
  const child = startNode(COMMAND, ["keys", "rotate", ...args], { env: { SEINPOST_DATA: folder } });
  const { code } = await child.ended;
  return { code, said: child.lines.join("\n"), errors: child.errors() };
}

const AT = { actionId: UNASSIGNED, place: 1 };

/** With 900 people, a reply and what was answered to it. */
async function folderWithReply(): Promise<string> {
  const folder = temporaryFolder();
  await writeSample(folder, somePeople(900));
  await withData(folder, async ({ store, vault }) => {
    const replies = new ReplyStore(store, vault);
    const reply = { receivedAtMs: 0, channel: "sms", text: "ik zag hem", missing: 0 } as const;
    given(
      await store.commit(() => {
        replies.put(AT.actionId, AT.place, reply);
        new Answers(store, vault).put(AT, 1, { text: "waar?", answeredAtMs: 0 });
        vault.write();
      }),
    );
  });
  return folder;
}

const textsOf = ({ store, vault }: DataFolder) =>
  new ReplyStore(store, vault).page(UNASSIGNED, 0, 10).replies.map(({ text }) => text);

test.each([[[]], [["--data-keys"]]])("gives the folder another key, and %j keeps all that is in it", async (flags) => {
  const folder = await folderWithReply();
  const before = flattened(given(await loadRegistry(folder)));
  const past = await withData(folder, async (data) => new Past().note(data));
  const oldKeys = await withData(folder, async ({ vault }) => Buffer.from(vault.blockKeys(1)).toString("hex"));
  const [newFile, oldKek] = [join(folder, "..", "new.kek"), readFileSync(`${folder}.kek`, "utf8")];
  const { code, said, errors } = await rotate(folder, "--new-kek-file", newFile, ...flags);
  expect([code, errors]).toEqual([0, ""]);
  expect(said).toContain("SEINPOST_KEK_FILE");
  expect(statSync(newFile).mode & 0o777).toBe(0o600);

  const options = { kekFile: newFile };
  expect(openDataFolder(folder)).toMatchObject({ problem: { code: "KEY_WRONG" } });
  expect(flattened(given(await loadRegistry(folder, undefined, options)))).toEqual(before);
  const data = given(openDataFolder(folder, options));
  expect(textsOf(data)).toEqual(["ik zag hem"]);
  expect(new Answers(data.store, data.vault).of(AT).map(({ text }) => text)).toEqual(["waar?"]);
  const newKeys = Buffer.from(data.vault.blockKeys(1)).toString("hex");
  expect(newKeys === oldKeys).toBe(flags.length === 0);
  await data.store.close();
  // Of what the disk had, nothing opens, with the one or with the other.
  for (const text of [oldKek, readFileSync(newFile, "utf8")]) {
    expect(past.opensWith(folder, Buffer.from(text.trim(), "hex"))).toEqual(new Set());
  }
});

test("--data-keys gives photos, originals, webhooks and proposals other keys, and keeps them", async () => {
  const folder = await folderWithReply();
  const [actionId, id] = ["0198c0de-0000-7000-8000-00000000000a", newMediaId(1)];
  const webhook = {
    id: "wh",
    name: "units",
    url: "https://units.example",
    topics: ["reply"],
    createdAtMs: 0,
    secrets: [],
  };
  const proposal = Buffer.from([0, 0, 0, 1, 3]);
  const sealed = await withData(folder, async ({ store, vault }) => {
    const media = new MediaStore(store, vault);
    given(
      await store.commit(() => {
        const keys = { original: media.sealEvidence(actionId, id, Buffer.from("the key of an original")) };
        media.put({ actionId, id, keys, from: "reply", state: "ready", blurs: [] } as unknown as MediaRecord);
        putWebhook(store, vault, webhook as never);
        void store.table("proposals").put(proposal, vault.seal("proposals.3", Buffer.from("[]"), proposal));
        vault.write();
      }),
    );
    return (["media", "webhooks", "proposals"] as const).flatMap((table) => [...store.table(table).range()]);
  });
  const newFile = join(folder, "..", "new.kek");
  expect(await rotate(folder, "--new-kek-file", newFile, "--data-keys")).toMatchObject({ code: 0, errors: "" });
  const { store, vault } = given(openDataFolder(folder, { kekFile: newFile }));
  const media = new MediaStore(store, vault);
  expect(given(media.evidenceKey(given(media.get(actionId, id))!)).toString()).toBe("the key of an original");
  expect([...storedWebhooks(store, vault)].map((read) => given(read).name)).toEqual(["units"]);
  expect(given(vault.open("proposals.3", given(store.table("proposals").get(proposal))!, proposal)).toString()).toBe(
    "[]",
  );
  // What was sealed before opens with none of the keys of now.
  const [photo, hook, part] = sealed.map(({ key, value }) => ({ key, value: given(value) }));
  const old = [
    vault.open("media", photo!.value.subarray(1), Buffer.concat([photo!.key, photo!.value.subarray(0, 1)])),
    vault.open("webhooks", hook!.value, hook!.key),
    vault.open("proposals.3", part!.value, part!.key),
  ];
  expect(old.map(({ ok }) => ok)).toEqual([false, false, false]);
  await store.close();
});

test("a reply that is damaged keeps no other, and nobody, under the old keys", async () => {
  const folder = await folderWithReply();
  const key = Buffer.concat([Buffer.alloc(19), Buffer.of(2)]);
  await withData(folder, async ({ store }) => {
    given(await store.commit(() => void store.table("replies").put(key, Buffer.alloc(80))));
  });
  const newFile = join(folder, "..", "new.kek");
  const { code, errors } = await rotate(folder, "--new-kek-file", newFile, "--data-keys");
  expect([code, errors]).toEqual([0, "seinpost: 1 replies or answers are damaged, and stay so\n"]);
  const data = given(openDataFolder(folder, { kekFile: newFile }));
  const { replies, unreadable } = new ReplyStore(data.store, data.vault).page(UNASSIGNED, 0, 10);
  expect([replies.map(({ text }) => text), unreadable]).toEqual([["ik zag hem"], [2]]);
  await data.store.close();
});

test("what can't be done changes nothing and says why", async () => {
  const folder = await folderWithReply();
  const [file, beside] = [`${folder}.kek`, join(folder, "..", "new.kek")];
  const root = () => readFileSync(join(folder, "root.key"));
  const before = root();
  writeFileSync(join(folder, "..", "bad.kek"), "bad", { mode: 0o600 });
  const failing: readonly (readonly [string[], string])[] = [
    [["--new-kek-file", file], "INVALID_FIELD"],
    [["--new-kek-file", join(folder, "new.kek")], "CONFIGURATION_INVALID"],
    [["--new-kek-file", join(folder, "..", "bad.kek")], "KEY_MISSING"],
    [["--new-kek-file", "/nowhere/new.kek"], "KEY_MISSING"],
    [["--new-kek-file", beside, "--kek-file", join(folder, "..", "none.kek")], "KEY_MISSING"],
    [["--new-kek-file", beside, "--data", `${folder}-none`], "STORE_UNUSABLE"],
    [[], "--new-kek-file"],
  ];
  for (const [args, words] of failing) {
    const { code, said, errors } = await rotate(folder, ...args);
    expect([args, code === 0, said, errors]).toEqual([args, false, "", expect.stringContaining(words)]);
  }
  const unlock = given(await lockFolder(folder, () => undefined));
  const running = await rotate(folder, "--new-kek-file", beside);
  expect(running.errors).toContain("another service runs on this data folder");
  unlock();
  expect([existsSync(beside), existsSync(`${folder}-none`), root().equals(before)]).toEqual([false, false, true]);
  rmSync(file);
  expect((await rotate(folder, "--new-kek-file", beside)).errors).toContain("KEY_MISSING");
});
