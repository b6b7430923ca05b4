/**
 * Kills the service again and again while people reply with photos: a reply and a file that were answered are there, each file the
 * same to the bit, and what was not answered leaves nothing behind but what is answered nowhere and has a record.
 */
import { createHash, randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import type { MediaList, MediaView } from "../../schemas/api/action/media.js";
import type { PageLink, ReplyTaken } from "../../schemas/api/action/page.js";
import type { Reply, ReplyPage } from "../../schemas/api/action/reply.js";
import { running } from "../campaign/campaigns.js";
import { phonePhoto } from "../engine/media/rig.js";
import { seeded } from "../random.js";
import { ask } from "../service/ask.js";
import { EVERYWHERE, Whole } from "../service/whole.js";

const { size: KILLS, seed, again, tell } = running("media");
/** People who reply at a time. */
const PEOPLE = 6;

/** What a client is told of a service that was killed. */
const GONE: ReadonlySet<string> = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "UND_ERR_SOCKET"]);

interface Answered {
  readonly text: string;
  /** SHA-256 of those that were answered. */
  readonly files: string[];
}

it(
  `keeps what was answered in ${KILLS} kills, and nothing else (${again})`,
  async () => {
    const random = seeded(seed);
    const whole = await Whole.prepare(50, [{ name: "north" }]);
    whole.environment = { SEINPOST_PUBLIC_URL: "https://burgernet.example" };
    await whole.startEngine();
    await whole.engine.untilBound();
    const { id } = await whole.engine.createAction({
      area: EVERYWHERE,
      text: "kind vermist",
      dispatch: true,
    });
    await whole.engine.until(id, ({ status }) => status === "sent");
    const { link } = (await whole.engine.request<PageLink>("POST", `/v1/actions/${id}/page`)).body;
    const photo = await phonePhoto(1_600, 1_200);
    const answered: Answered[] = [];
    let cutOff = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const people = Array.from({ length: PEOPLE }, (_, nth) =>
        replyUntilGone(whole.engine.port, link, `${kill}/${nth}`, photo, answered),
      );
      await sleep(30 + random() * 400);
      await whole.restart();
      cutOff += (await Promise.all(people)).filter(Boolean).length;
      await check(whole, id, answered);
    }
    expect(answered.length).toBeGreaterThan(0);
    const files = answered.reduce((sum, each) => sum + each.files.length, 0);
    tell(
      `${KILLS} kills while ${PEOPLE} people replied with photos: ${answered.length} replies and ${files} files were answered and are there to the bit, ${cutOff} were cut off, nothing was left over`,
    );
  },
  KILLS * 20_000 + 60_000,
);

/** Replies, each with two photos, one after the other, until the service is gone. */
async function replyUntilGone(
  port: number,
  link: string,
  who: string,
  photo: Buffer,
  answered: Answered[],
): Promise<boolean> {
  try {
    for (let nth = 0; ; nth++) {
      const text = `${who}/${nth}`;
      const reply = await ask<ReplyTaken>(port, "POST", `/v1/pages/${link}/replies`, { body: { text } });
      // So many from one address.
      if (reply.status === 429) return false;
      expect(reply.status, reply.text).toBe(201);
      const kept: Answered = { text, files: [] };
      answered.push(kept);
      const { code } = reply.json;
      for (let file = 0; file < 2; file++) {
        const bytes = Buffer.concat([photo, randomBytes(16)]);
        const put = await ask(port, "POST", `/v1/replies/${code}/media`, { body: bytes, type: "image/jpeg" });
        if (put.status === 429) return false;
        expect(put.status, put.text).toBe(201);
        kept.files.push(createHash("sha256").update(bytes).digest("hex"));
      }
    }
  } catch (error) {
    if (GONE.has((error as { code?: string }).code ?? "")) return true;
    throw error;
  }
}

async function check(whole: Whole, id: string, answered: readonly Answered[]): Promise<void> {
  const media = await read(whole, id);
  const replies: Reply[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const page: ReplyPage = (await whole.engine.request<ReplyPage>("GET", `/v1/actions/${id}/replies?after=${after}`))
      .body;
    replies.push(...page.replies);
    after = page.next;
  }
  const byText = new Map(replies.map((reply) => [reply.text, (reply.media ?? []).map(({ sha256 }) => sha256)]));
  for (const { text, files } of answered) {
    expect(byText.has(text), `reply ${text}`).toBe(true);
    expect(byText.get(text)).toEqual(expect.arrayContaining([...files]));
  }
  const expected = media.flatMap(({ media: name, state }) =>
    state === "ready" ? [`${name}.clean`, `${name}.original`] : [`${name}.original`],
  );
  expect(readdirSync(join(whole.folder, "media")).sort()).toEqual(expected.sort());
}

/** All files of the action, once each was read. */
async function read(whole: Whole, id: string): Promise<MediaView[]> {
  for (;;) {
    const { media } = (await whole.engine.request<MediaList>("GET", `/v1/actions/${id}/media`)).body;
    if (media.every(({ state }) => state !== "waiting")) return media;
    await sleep(50);
  }
}
