/** Photos in backups: all of them, as they were, and told by name where one is gone or changed. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { backUp, restore, verifyBackup } from "../../../engine/backup/backup.js";
import { defaultKekFile } from "../../../engine/vault/kek.js";
import { temporaryFolder } from "../../temp-folder.js";
import { openMedia, phonePhoto, send, settled } from "../media/rig.js";
import { codeOf, given, somePeople, writeSample } from "../registry/samples.js";

async function filled() {
  const folder = temporaryFolder();
  await writeSample(folder, somePeople(300, 2));
  const opened = await openMedia(folder);
  const original = await phonePhoto();
  const record = await settled(opened.media, given(await send(opened.media, original)));
  await opened.close();
  return { folder, target: join(dirname(folder), "backup"), kekFile: defaultKekFile(folder), original, record };
}

test("a backup has the photos, and what is restored opens as it was", async () => {
  const { folder, target, kekFile, original, record } = await filled();
  const manifest = given(await backUp(folder, target));
  const names = ["clean", "original"].map((form) => `media/${record.id}.${form}`);
  expect(Object.keys(manifest.files).sort()).toEqual([...names, "root.key", "seinpost.lmdb"].sort());
  given(await verifyBackup(target, kekFile));
  const restored = temporaryFolder();
  writeFileSync(defaultKekFile(restored), readFileSync(kekFile), { mode: 0o600 });
  given(await restore(target, restored));
  expect(readdirSync(join(restored, "media")).sort()).toEqual(names.map((name) => name.slice(6)));
  const { media } = await openMedia(restored);
  expect(given(await media.original(given(media.get(record.actionId, record.id)))).equals(original)).toBe(true);
});

test("a photo that is gone from the folder is damage, and one that changed in the backup is told", async () => {
  const { folder, target, kekFile, record } = await filled();
  given(await backUp(folder, target));
  const file = join(target, "media", `${record.id}.original`);
  const bytes = readFileSync(file);
  bytes[100]! ^= 1;
  writeFileSync(file, bytes);
  expect(codeOf(await verifyBackup(target, kekFile))).toBe("BACKUP_FAILED");
  rmSync(join(folder, "media", `${record.id}.original`));
  const second = `${target}-2`;
  expect(await backUp(folder, second)).toMatchObject({
    problem: { code: "STORE_CORRUPT", field: `media/${record.id}.original` },
  });
  expect(readdirSync(second)).toEqual([]);
  expect(given(await backUp(folder, second, { withDamage: true })).damaged).toEqual([`media/${record.id}.original`]);
});
