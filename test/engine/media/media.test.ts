/** Photos as they come, whole and made to harm: what is kept of them, what is shown, and what is refused with which code. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, it, test } from "vitest";
import { MEDIA } from "../../../schemas/limits.js";
import { codeOf, given } from "../registry/samples.js";
import { tagsOf } from "./exiftool.js";
import { ACTION, openMedia, phonePhoto, png, send, settled, TO_REPLY } from "./rig.js";

const files = (folder: string): string[] => readdirSync(join(folder, "media")).sort();

test("a photo is shown upright, no larger than a telephone needs, and with nothing but pixels; its original is what came", async () => {
  const { media, folder } = await openMedia();
  const original = await phonePhoto(3_200, 2_400);
  const record = await settled(media, given(await send(media, original)));
  expect(record).toMatchObject({
    state: "ready",
    bytes: original.length,
    found: { kind: "photo", width: 1_200, height: 1_600 },
  });
  const shown = given(await media.look(record, true));
  const { exif, icc, xmp, iptc, orientation, format } = await sharp(shown).metadata();
  expect({ exif, icc, xmp, iptc, orientation, format }).toEqual({ format: "jpeg" });
  expect(shown.includes("Jansen") || shown.includes("Exif")).toBe(false);
  // Red was at the top of what the telephone stored, and is on the right once it is turned.
  const { data, info } = await sharp(shown)
    .extract({ left: 1_190, top: 800, width: 1, height: 1 })
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect(info.channels).toBe(3);
  expect([data[0]! > 200, data[1]! < 80]).toEqual([true, true]);
  expect(given(await media.original(record)).equals(original)).toBe(true);
  expect(files(folder)).toEqual([`${record.id}.clean`, `${record.id}.original`]);
});

test("nothing in the folder can be read without its keys", async () => {
  const { media, folder, close } = await openMedia();
  const original = await phonePhoto();
  await settled(media, given(await send(media, original)));
  await close();
  for (const name of files(folder)) {
    const bytes = readFileSync(join(folder, "media", name));
    expect([
      name,
      bytes.includes("JFIF"),
      bytes.includes("Jansen"),
      bytes.includes(original.subarray(2_000, 2_032)),
    ]).toEqual([name, false, false, false]);
  }
  expect(readFileSync(join(folder, "seinpost.lmdb")).includes("waiting")).toBe(false);
});

const HEAD_ONLY = png(50_000, 50_000, 1);

it.each<[what: string, make: () => Buffer | Promise<Buffer>, code: string]>([
  [
    "SVG with a script",
    () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    "MEDIA_TYPE",
  ],
  [
    "SVG behind a declaration",
    () => Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
    "MEDIA_TYPE",
  ],
  ["HTML", () => Buffer.from("<!doctype html><script>fetch('//evil')</script>"), "MEDIA_TYPE"],
  ["a program", () => readFileSync(process.execPath).subarray(0, 200_000), "MEDIA_TYPE"],
  ["a PDF", () => Buffer.from("%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>"), "MEDIA_TYPE"],
  [
    "a picture of a kind whose reader is shut",
    async () =>
      sharp(await phonePhoto())
        .gif()
        .toBuffer(),
    "MEDIA_TYPE",
  ],
  ["one byte", () => Buffer.of(0xff), "MEDIA_TYPE"],
  ["the head of a JPEG and no more", () => Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]), "MEDIA_DAMAGED"],
  ["a photo that breaks off", async () => (await phonePhoto()).subarray(0, 20_000), "MEDIA_DAMAGED"],
  ["a PNG that breaks off", () => png(500, 500, 100), "MEDIA_DAMAGED"],
  ["a head of 50,000 by 50,000 pixels", () => HEAD_ONLY, "MEDIA_TOO_LARGE"],
  [
    "a bomb: 10,900 by 10,900 in passes, of which all has to be in memory",
    () => png(10_900, 10_900, 10_900 * 2, true),
    "MEDIA_TOO_LARGE",
  ],
])("%s costs a process of its own, and gets a code", async (_, make, code) => {
  const { media, fatal } = await openMedia();
  const record = await settled(media, given(await send(media, await make())));
  expect(record).toMatchObject({ state: "refused", refused: code, found: null });
  expect(codeOf(await media.look(record, false))).toBe("NOT_FOUND");
  // Whoever comes next is served as if nothing had been.
  const next = await settled(media, given(await send(media, await phonePhoto(64, 48))));
  expect(next.state).toBe("ready");
  expect(fatal).toEqual([]);
});

test("of a file that is a photo and something else, the photo alone is left", async () => {
  const { media } = await openMedia();
  const script = "<script>document.location='//evil'</script>";
  const both = Buffer.concat([await phonePhoto(), Buffer.from(`PK\u0003\u0004${script}`)]);
  const record = await settled(media, given(await send(media, both)));
  expect(record.state).toBe("ready");
  const shown = given(await media.look(record, true));
  expect([shown.includes(script), shown.includes("PK\u0003\u0004"), shown.subarray(-2).toString("hex")]).toEqual([
    false,
    false,
    "ffd9",
  ]);
});

test("a body without an end is refused at its bound, and leaves nothing", async () => {
  const { media, folder } = await openMedia();
  const endless = Buffer.alloc(MEDIA.fileBytes + 1, 0xff);
  expect(codeOf(await send(media, endless))).toBe("BODY_TOO_LARGE");
  await expect.poll(() => files(folder)).toEqual([]);
  expect([media.receiving, media.records.count(ACTION)]).toEqual([0, 0]);
});

test("who goes away in the middle leaves nothing", async () => {
  const { media, folder } = await openMedia();
  const receiver = given(media.receive(TO_REPLY, () => {}));
  receiver.chunk(Buffer.alloc(200_000), () => {});
  receiver.abort();
  await expect.poll(() => files(folder)).toEqual([]);
  expect(media.receiving).toBe(0);
});

test("a reply has so many files, one client so many at a time, and all together so many", async () => {
  const { media } = await openMedia();
  const photo = await phonePhoto(64, 48);
  const sent = await Promise.all(Array.from({ length: MEDIA.perReply + 2 }, () => send(media, photo)));
  expect(sent.filter(({ ok }) => ok)).toHaveLength(MEDIA.perReply);
  expect(sent.filter(({ ok }) => !ok).map(codeOf)).toEqual(["TOO_MANY_MEDIA", "TOO_MANY_MEDIA"]);
  const begin = (client: string, place: number) => media.receive({ ...TO_REPLY, client, place }, () => {});
  const theirs = Array.from({ length: MEDIA.receivingPerClient + 1 }, (_, at) => begin("192.0.2.1", at + 10));
  expect(theirs.filter(({ ok }) => !ok).map(codeOf)).toEqual(["BUSY"]);
  const others = Array.from({ length: MEDIA.receiving }, (_, at) => begin(`192.0.2.${at}`, at + 100));
  expect(others.filter(({ ok }) => ok)).toHaveLength(MEDIA.receiving - MEDIA.receivingPerClient);
  for (const begun of [...theirs, ...others]) if (begun.ok) begun.value.abort();
  expect(media.receiving).toBe(0);
});

test("what was cut off is gone at the next start, and what waited to be read is read then", async () => {
  const first = await openMedia();
  const photo = await phonePhoto();
  const record = given(await send(first.media, photo));
  await first.close();
  writeFileSync(join(first.folder, "media", "incoming-7-x"), "half");
  writeFileSync(join(first.folder, "media", `${"0".repeat(32)}.original`), "of nobody");
  const again = await openMedia(first.folder);
  expect((await settled(again.media, record)).state).toBe("ready");
  expect(files(again.folder)).toEqual([`${record.id}.clean`, `${record.id}.original`]);
});

test("a file that is not what was written is never shown", async () => {
  const { media, folder } = await openMedia();
  const record = await settled(media, given(await send(media, await phonePhoto())));
  const path = join(folder, "media", `${record.id}.clean`);
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(path, bytes);
  expect(codeOf(await media.look(record, true))).toBe("STORE_CORRUPT");
  writeFileSync(path, bytes.subarray(0, 100));
  expect(codeOf(await media.look(record, true))).toBe("STORE_CORRUPT");
});

test("what the desk marks can't be made out by anybody but the desk", async () => {
  const { media } = await openMedia();
  const record = await settled(media, given(await send(media, await phonePhoto())));
  const blur = { left: 100, top: 100, width: 200, height: 120 };
  const changed = given(await media.change(ACTION, record.id, true, [blur]));
  const [desk, everybody] = [given(await media.look(changed, false)), given(await media.look(changed, true))];
  const colours = async (picture: Buffer, at: typeof blur) =>
    new Set(
      (
        await sharp(picture)
          .extract({ ...at, left: at.left + 4, top: at.top + 4, width: at.width - 8, height: at.height - 8 })
          .greyscale()
          .raw()
          .toBuffer()
      ).map((v) => v >> 3),
    ).size;
  expect(await colours(desk, blur)).toBeGreaterThan(20);
  expect(await colours(everybody, blur)).toBeLessThan(10);
  expect(await colours(everybody, { ...blur, top: 300 })).toBeGreaterThan(20);
  expect(given(media.get(ACTION, record.id))).toMatchObject({ isOut: true, blurs: [blur] });
});

test("what is removed leaves no file and no record, also while it is read", async () => {
  const { media, folder } = await openMedia();
  const [read, unread] = [
    await settled(media, given(await send(media, await phonePhoto()))),
    given(await send(media, await phonePhoto())),
  ];
  given(await media.remove([read, unread]));
  await expect.poll(() => media.reading.waiting).toBe(0);
  expect([media.records.count(ACTION), files(folder)]).toEqual([0, []]);
});

test.skipIf(tagsOf === null)("exiftool finds nothing in what is shown but what it is encoded in", async () => {
  const { media, folder } = await openMedia();
  const original = await phonePhoto();
  const record = await settled(media, given(await send(media, original)));
  expect(tagsOf!(folder, original).some((tag) => tag.includes("GPS"))).toBe(true);
  const left = tagsOf!(folder, given(await media.look(record, true)));
  expect(left.filter((tag) => !tag.startsWith("JFIF:"))).toEqual([]);
});
