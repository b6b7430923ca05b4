/** Films, by the ffmpeg that is installed: what is left of them, and what becomes of those that are made to do harm. */
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { MEDIA } from "../../../schemas/limits.js";
import { missing } from "../../interop/tools.js";
import { temporaryFolder } from "../../temp-folder.js";
import { codeOf, given } from "../registry/samples.js";
import { tagsOf } from "./exiftool.js";
import { openMedia, phonePhoto, send, settled } from "./rig.js";

const reason = missing("ffmpeg");
if (reason !== null) console.log(`films are not read: ${reason}`);

const WHERE = "+52.0907+005.1214+010.000/";
const PICTURE = ["-f", "lavfi", "-i", "testsrc=size=320x240:rate=10:duration=1.5"];
const SOUND = ["-f", "lavfi", "-i", "sine=duration=1.5"];
/** As telephones write who, where and with what. */
const ABOUT = [
  ...["-metadata", `location=${WHERE}`, "-metadata", `com.apple.quicktime.location.ISO6709=${WHERE}`],
  ...["-metadata", "artist=J. Jansen", "-metadata", "make=Seinfoon", "-metadata", "creation_time=2026-01-02T03:04:05Z"],
];

function film(name: string, ...options: readonly string[]): Buffer {
  const path = join(temporaryFolder(), name);
  execFileSync("ffmpeg", ["-v", "error", ...options, path]);
  return readFileSync(path);
}

/** The way that a drone or a camera on a dashboard took, as words beside the picture. */
function track(): string[] {
  const path = join(temporaryFolder(), "way.srt");
  writeFileSync(path, "1\n00:00:00,000 --> 00:00:01,000\nGPS(5.1214,52.0907,10)\n\n");
  return ["-i", path, "-map", "0:v", "-map", "1:a", "-map", "2:s", "-c:s", "mov_text"];
}

/** On its side, as a telephone that is held upright writes it. */
function phoneFilm(name: string): Buffer {
  const upright = join(temporaryFolder(), name);
  writeFileSync(upright, film(name, ...PICTURE, ...SOUND, ...track(), ...ABOUT, "-movflags", "use_metadata_tags"));
  return film(name, "-i", upright, "-map", "0", "-c", "copy", "-metadata:s:v:0", "rotate=90", ...ABOUT);
}

async function read(bytes: Buffer) {
  const rig = await openMedia();
  const record = await settled(rig.media, given(await send(rig.media, bytes)));
  return { ...rig, record };
}

function durationOf(bytes: Buffer): number {
  const path = join(temporaryFolder(), "seen.mp4");
  writeFileSync(path, bytes);
  return Number(execFileSync("ffprobe", ["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", path]));
}

test.skipIf(reason !== null).each(["phone.mp4", "phone.mov"])(
  "of a film of a telephone, %s, picture and sound are left, upright, and nothing that says who, where or with what",
  async (name) => {
    const original = phoneFilm(name);
    const { media, folder, record } = await read(original);
    expect(record).toMatchObject({
      state: "ready",
      found: { kind: "video", contentType: "video/mp4", width: 240, height: 320 },
    });
    expect(given(await media.original(record)).equals(original)).toBe(true);
    const shown = given(await media.look(record, true));
    expect(durationOf(shown)).toBeCloseTo(1.5, 0);
    const words = ["52.09", "Jansen", "GPS("];
    expect(words.filter((word) => !original.includes(word))).toEqual([]);
    expect([...words, "Seinfoon"].filter((word) => shown.includes(word))).toEqual([]);
    if (tagsOf === null) return;
    expect(tagsOf(folder, original).filter((tag) => /GPS|Location/.test(tag))).not.toEqual([]);
    const told = /GPS|Location|Artist|Make|Model|Text|Comment|Keys:|UserData:|ItemList:|XMP/;
    expect(tagsOf(folder, shown).filter((tag) => told.test(tag) || !tag.startsWith("QuickTime:"))).toEqual([]);
    // Nothing of it is left lying in the open.
    expect(readdirSync(join(folder, "media")).sort()).toEqual([`${record.id}.clean`, `${record.id}.original`]);
  },
);

test.skipIf(reason !== null)("a film without an end is shown as far as one is", async () => {
  const size = ["-f", "lavfi", "-i", "color=size=16x16:rate=1:duration=36000"];
  const endless = film("endless.mp4", ...size, "-preset", "ultrafast");
  const { media, record } = await read(endless);
  expect(record.state).toBe("ready");
  expect(durationOf(given(await media.look(record, true)))).toBeLessThanOrEqual(MEDIA.videoSeconds + 1);
});

/** A film whose head says so many pixels. */
function huge(): Buffer {
  return film("huge.mov", "-f", "lavfi", "-i", "color=size=8000x8000:rate=1:duration=1", "-c:v", "mjpeg");
}

/** A list of files to read, behind the head of a film. */
function list(): Buffer {
  const head = Buffer.concat([Buffer.from("0000001c66747970", "hex"), Buffer.from("mp42\0\0\0\0mp42isom\n\n\n\n")]);
  const entry = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n";
  return Buffer.concat([head, Buffer.from(`${entry}\nffconcat version 1.0\nfile /etc/passwd\n`)]);
}

test.skipIf(reason !== null).each<[string, () => Buffer, string]>([
  ["of 64 megapixels", huge, "MEDIA_TOO_LARGE"],
  ["that is a list of other files", list, "MEDIA_DAMAGED"],
  ["that breaks off", () => phoneFilm("phone.mp4").subarray(0, 9_000), "MEDIA_DAMAGED"],
  ["with sound alone", () => film("sound.mp4", ...SOUND), "MEDIA_DAMAGED"],
  ["in what no telephone makes", () => film("other.mov", ...PICTURE, "-c:v", "huffyuv"), "MEDIA_DAMAGED"],
])("a film %s gets a code, and its original is kept", async (_, make, code) => {
  const original = make();
  const { media, folder, record } = await read(original);
  expect(record).toMatchObject({ state: "refused", refused: code });
  expect(given(await media.original(record)).equals(original)).toBe(true);
  expect(readdirSync(join(folder, "media"))).toEqual([`${record.id}.original`]);
  // Whoever comes next is served as if nothing had been.
  expect((await settled(media, given(await send(media, await phonePhoto(64, 48))))).state).toBe("ready");
});

test.skipIf(reason !== null)("of a film that is something else as well, the film alone is left", async () => {
  const script = "<script>document.location='//evil'</script>";
  const { media, record } = await read(Buffer.concat([phoneFilm("phone.mp4"), Buffer.from(`PK\u0003\u0004${script}`)]));
  expect(record.state).toBe("ready");
  const shown = given(await media.look(record, true));
  expect([shown.includes(script), shown.includes("PK\u0003\u0004")]).toEqual([false, false]);
});

/** Programs that a service finds: a shell and nice, and what else is given. */
function onlyPrograms(...scripts: readonly (readonly [name: string, script: string])[]): void {
  const folder = join(temporaryFolder(), "bin");
  mkdirSync(folder);
  const found = (name: string) => ["/bin", "/usr/bin"].map((at) => join(at, name)).find((path) => existsSync(path))!;
  for (const name of ["sh", "nice"]) symlinkSync(found(name), join(folder, name));
  for (const [name, script] of scripts) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  const before = process.env.PATH;
  process.env.PATH = folder;
  onTestFinished(() => {
    process.env.PATH = before;
  });
}

const HEAD = Buffer.concat([
  Buffer.from("0000001866747970", "hex"),
  Buffer.from("mp42\0\0\0\0mp42isom"),
  Buffer.alloc(500),
]);

test("a film is refused with a reason where nothing is installed that reads films, and its original is kept", async () => {
  onlyPrograms();
  const { media, folder, record } = await read(HEAD);
  expect(record).toMatchObject({ state: "refused", refused: "MEDIA_NO_DECODER" });
  expect(given(await media.original(record)).equals(HEAD)).toBe(true);
  expect(codeOf(await media.look(record, false))).toBe("NOT_FOUND");
  expect(readdirSync(join(folder, "media"))).toEqual([`${record.id}.original`]);
});

test("a film whose reader comes to a bound of what it may use is too large", async () => {
  // As the kernel ends whoever has used up the time of a processor.
  onlyPrograms(["ffprobe", "echo 320,240"], ["ffmpeg", "kill -KILL $$"]);
  const { record } = await read(HEAD);
  expect(record).toMatchObject({ state: "refused", refused: "MEDIA_TOO_LARGE" });
});
