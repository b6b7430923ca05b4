/**
 * Kills the service again and again while people reply with photos and take replies back: what was answered is there whole, each file the
 * same to the bit, and what was taken back is gone. What was cut off is there whole as well, or nothing of it is: no file without a
 * record, no record without its reply, no code that leads nowhere.
 *
 * Files are read one after the other, which takes longer than to send them, so a service is killed many times while they wait for
 * that; now and then all are read, and looked at one by one.
 */
import { createHash, randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { fileName } from "../../engine/media/media-folder.js";
import { MediaStore } from "../../engine/media/media-record.js";
import { readWhole } from "../../engine/media/sealed-file.js";
import { openDataFolder } from "../../engine/registry/open.js";
import type { MediaList, MediaView } from "../../schemas/api/action/media.js";
import type { PageLink, ReplyTaken } from "../../schemas/api/action/page.js";
import type { ReplyPage } from "../../schemas/api/action/reply.js";
import { running } from "../campaign/campaigns.js";
import { phonePhoto } from "../engine/media/rig.js";
import { given } from "../engine/registry/samples.js";
import { seeded } from "../random.js";
import { ask } from "../service/ask.js";
import { EVERYWHERE, Whole } from "../service/whole.js";

const { size: KILLS, seed, again, tell } = running("media");
/** People who reply at a time. */
const PEOPLE = 3;
/** Of a photo, so that it comes in several chunks; the picture in it is small. */
const PHOTO_BYTES = 150_000;
/** A kill comes at any moment of so many milliseconds, in which a person has sent a reply with both its files some times. */
const KILL_WITHIN_MS = 150;
/** As many as a person leaves; the others are taken back, and need not be read. */
const LEFT = 4;
/** Kills until all files are read and looked at. */
const READ_EVERY = 20;

/** What a client is told of a service that was killed. */
const GONE: ReadonlySet<string> = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "UND_ERR_SOCKET"]);

interface Sent {
  readonly text: string;
  readonly code: string;
  /** SHA-256 of those that were answered. */
  readonly files: string[];
  /** Whether it was asked to be taken back, and whether that was answered. */
  back: "no" | "asked" | "answered";
}

/** What people did, over all kills. */
class Witnesses {
  readonly sent: Sent[] = [];
  /** SHA-256 of all files that were begun. */
  readonly begun = new Set<string>();
  cutOff = 0;
  readonly #link: string;
  readonly #photo: Buffer;

  constructor(link: string, photo: Buffer) {
    this.#link = link;
    this.#photo = photo;
  }

  /** Until the service is gone. */
  async act(port: number, kill: number): Promise<void> {
    const replying = Array.from({ length: PEOPLE }, (_, nth) =>
      this.#untilGone(() => this.#reply(port, `${kill}/${nth}`)),
    );
    await Promise.all([...replying, this.#untilGone(() => this.#takeBack(port))]);
  }

  async #untilGone(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (!GONE.has((error as { code?: string }).code ?? "")) throw error;
      this.cutOff++;
    }
  }

  /** Replies, each with two photos, one after the other. */
  async #reply(port: number, who: string): Promise<void> {
    for (let nth = 0; ; nth++) {
      const text = `${who}/${nth}`;
      const reply = await ask<ReplyTaken>(port, "POST", `/v1/pages/${this.#link}/replies`, { body: { text } });
      // So many from one address.
      if (reply.status === 429) return;
      expect(reply.status, reply.text).toBe(201);
      const { code } = reply.json;
      const kept: Sent = { text, code, files: [], back: "no" };
      this.sent.push(kept);
      for (let file = 0; file < 2; file++) {
        const bytes = Buffer.concat([this.#photo, randomBytes(PHOTO_BYTES)]);
        const name = createHash("sha256").update(bytes).digest("hex");
        this.begun.add(name);
        const put = await ask(port, "POST", `/v1/replies/${code}/media`, { body: bytes, type: "image/jpeg" });
        // Its sender takes it back already.
        if (put.status === 404 && kept.back !== "no") break;
        expect(put.status, put.text).toBe(201);
        kept.files.push(name);
      }
    }
  }

  /** All but the last few, also one whose files still come in. */
  async #takeBack(port: number): Promise<void> {
    for (;;) {
      const there = this.sent.filter(({ back }) => back !== "answered");
      const oldest = there[0];
      if (oldest === undefined || there.length <= LEFT) {
        await sleep(2);
        if (!(await isThere(port))) return;
        continue;
      }
      const wasAsked = oldest.back === "asked";
      oldest.back = "asked";
      const taken = await ask(port, "DELETE", `/v1/replies/${oldest.code}`, {});
      // What was cut off before may have been done.
      expect(wasAsked ? [204, 404] : [204], taken.text).toContain(taken.status);
      oldest.back = "answered";
    }
  }
}

async function isThere(port: number): Promise<boolean> {
  return (await ask(port, "GET", "/healthz", {})).status === 200;
}

it(
  `keeps what was answered in ${KILLS} kills, and nothing else (${again})`,
  async () => {
    const random = seeded(seed);
    const whole = await Whole.prepare(50, [{ name: "north" }]);
    whole.environment = { SEINPOST_PUBLIC_URL: "https://burgernet.example" };
    await whole.startEngine();
    await whole.engine.untilBound();
    const { id } = await whole.engine.createAction({ area: EVERYWHERE, text: "kind vermist", dispatch: true });
    await whole.engine.until(id, ({ status }) => status === "sent");
    const { link } = (await whole.engine.request<PageLink>("POST", `/v1/actions/${id}/page`)).body;
    const witnesses = new Witnesses(link, await phonePhoto(64, 48));
    for (let kill = 1; kill <= KILLS; kill++) {
      const acting = witnesses.act(whole.engine.port, kill);
      await sleep(random() * KILL_WITHIN_MS);
      await whole.restart();
      await acting;
      const isRead = kill % READ_EVERY === 0 || kill === KILLS;
      await check(whole, id, witnesses, isRead ? await read(whole, id) : await filesOf(whole, id));
      if (isRead) checkRead(whole, await filesOf(whole, id), witnesses);
    }
    await whole.engine.stop();
    const codes = await checkAtRest(whole.folder, witnesses);
    expect(witnesses.sent.length).toBeGreaterThan(0);
    const files = witnesses.sent.reduce((sum, each) => sum + each.files.length, 0);
    const back = witnesses.sent.filter((each) => each.back === "answered").length;
    tell(
      `${KILLS} kills while ${PEOPLE} people replied with photos: ${witnesses.sent.length} replies and ${files} files were answered, ${back} of the replies were taken back, ${witnesses.cutOff} requests were cut off; ${codes} replies are there to the bit, and nothing else is`,
    );
  },
  KILLS * 20_000 + 60_000,
);

async function filesOf(whole: Whole, id: string): Promise<MediaView[]> {
  return (await whole.engine.request<MediaList>("GET", `/v1/actions/${id}/media`)).body.media;
}

/** All files of the action, once each was read. */
async function read(whole: Whole, id: string): Promise<MediaView[]> {
  for (;;) {
    const media = await filesOf(whole, id);
    if (media.every(({ state }) => state !== "waiting")) return media;
    await sleep(50);
  }
}

/** After a start, before anybody does anything: what was answered is there, and each file belongs to a reply and to a record. */
async function check(whole: Whole, id: string, { sent }: Witnesses, media: readonly MediaView[]): Promise<void> {
  const counts = new Map<string, number>();
  for (let after: number | null = 0; after !== null; ) {
    const path = `/v1/actions/${id}/replies?after=${after}`;
    const page: ReplyPage = (await whole.engine.request<ReplyPage>("GET", path)).body;
    for (const { text, media = [] } of page.replies) counts.set(text, media.length);
    after = page.next;
  }
  for (const { text, files, back } of sent) {
    if (back === "answered") expect(counts.has(text), `${text} was taken back`).toBe(false);
    if (back === "no") {
      expect(counts.has(text), `reply ${text} is there`).toBe(true);
      // One more may have become durable, and its answer not have left.
      expect(counts.get(text)! - files.length, `files of ${text}`).toBeOneOf([0, 1]);
    }
  }
  const ofReplies = [...counts.values()].reduce((sum, count) => sum + count, 0);
  expect(media, "each file belongs to a reply").toHaveLength(ofReplies);
  expect(originals(whole.folder)).toEqual(media.map(({ media: name }) => `${name}.original`).sort());
}

function originals(folder: string): string[] {
  return readdirSync(join(folder, "media"))
    .filter((name) => name.endsWith(".original"))
    .sort();
}

/** Once all are read: nothing else lies there, and each is one that was sent. */
function checkRead(whole: Whole, media: readonly MediaView[], { begun }: Witnesses): void {
  const names = media.flatMap(({ media: name }) => [fileName(name, "clean"), fileName(name, "original")]);
  expect(readdirSync(join(whole.folder, "media")).sort()).toEqual(names.sort());
  expect(media.filter(({ state, sha256 }) => state !== "ready" || !begun.has(sha256!))).toEqual([]);
}

/** In the folder that a service has left: each file opens and is what was answered, and each code leads to a reply. Gives how many replies. */
async function checkAtRest(folder: string, { sent, begun }: Witnesses): Promise<number> {
  const { store, vault } = given(openDataFolder(folder));
  const replies = new Set([...store.table("replies").keys()].map((key) => key.toString("hex")));
  const codes = [...store.table("replyCodes").range()].map(({ value }) => given(value).toString("hex"));
  expect(new Set(codes)).toEqual(replies);
  expect(codes).toHaveLength(replies.size);
  const records = new MediaStore(store, vault);
  const found = new Set<string>();
  for (const { actionId, id } of records.ids()) {
    const record = given(records.get(actionId, id))!;
    expect(replies).toContain(actionId.replaceAll("-", "") + id.slice(0, 8));
    const name = fileName(id, "original");
    const bytes = given(await readWhole(join(folder, "media", name), given(records.evidenceKey(record)), name));
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    expect([sha256, begun.has(sha256)]).toEqual([record.sha256, true]);
    found.add(sha256);
  }
  const answered = sent.filter(({ back }) => back === "no").flatMap(({ files }) => files);
  expect(answered.filter((name) => !found.has(name))).toEqual([]);
  await store.close();
  return codes.length;
}
