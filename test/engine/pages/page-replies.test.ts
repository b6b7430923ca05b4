/** Replies by a page over a real store: what is done twice at a time is there twice, and what is taken back is gone, whatever still comes in. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Media } from "../../../engine/media/media.js";
import { PageReplies } from "../../../engine/pages/page-replies.js";
import { UploadLinks } from "../../../engine/pages/upload-links.js";
import { openDataFolder } from "../../../engine/registry/open.js";
import { Marks } from "../../../engine/replies/marks.js";
import { ReplyStore, replyKey } from "../../../engine/replies/reply-store.js";
import { NOBODY } from "../../../gateway/http/request/admission.js";
import type { RawHead } from "../../../gateway/http/request/route.js";
import { callRoutes } from "../../../gateway/http/routes/pages/call-routes.js";
import { pageRoutes } from "../../../gateway/http/routes/pages/page-routes.js";
import type { PageParts } from "../../../gateway/http/routes/pages/parts.js";
import { fail, ok } from "../../../schemas/errors.js";
import { PAGES } from "../../../schemas/limits.js";
import { temporaryFolder } from "../../temp-folder.js";
import { codeOf, given } from "../registry/samples.js";

const ACTION = "0198c0de-0000-7000-8000-00000000000a";
const ASKED = {
  id: ACTION,
  area: { type: "Circle" as const, center: [5.1, 52.1] as [number, number], radiusMeters: 1_000 },
};

async function opened() {
  const data = given(openDataFolder(temporaryFolder()));
  await data.store.space.keepReserve(0);
  const onFatal = ({ detail }: { detail: string }): never => {
    throw new Error(detail);
  };
  const store = new ReplyStore(data.store, data.vault);
  const media = given(Media.open({ ...data, now: Date.now, onFatal }));
  const marks = new Marks(data.store);
  const times = { now: Date.now, steadyMs: () => performance.now() };
  const replies = new PageReplies({
    ...{ ...data, ...times, onFatal, media, marks },
    replies: store,
    replyHandler: { notAgain: () => {} },
  });
  onTestFinished(async () => {
    await media.reading.close();
    await data.store.close();
  });
  return { data, marks, media, replies, store };
}

test("answers that are given at the same time are all there, in their order, and no more than there may be", async () => {
  const { replies } = await opened();
  const place = given(await replies.byDesk(ASKED, { text: "gezien" }, "voice"));
  const at = { actionId: ACTION, place };
  const texts = Array.from({ length: PAGES.answersPerReply + 1 }, (_, nth) => `${nth}`);
  const answered = await Promise.all(texts.map((text) => replies.answer(at, text)));
  expect(answered.filter(({ ok }) => !ok).map(codeOf)).toEqual(["TOO_MANY_REQUESTS"]);
  expect(replies.answers.of(at).map(({ text }) => text)).toEqual(texts.slice(0, -1));
});

/** A photo for this reply, of which a piece came and the end is to come. */
function photoFor(code: string, media: Media, replies: PageReplies) {
  const route = pageRoutes({ media, replies } as unknown as PageParts).find(
    ({ method, path }) => method === "POST" && path === "/v1/replies/{code}/media",
  )!;
  const head = { params: { code }, query: "", contentLength: "", who: NOBODY } as unknown as RawHead;
  const body = given(route.open(head, () => {}));
  body.chunk(Buffer.from("a photo"), () => {});
  return body;
}

test("a photo of a reply that is taken back while it comes in is not kept", async () => {
  const { media, replies } = await opened();
  const code = given(await replies.byPage(ASKED, { text: "gezien" }, ""));
  const body = photoFor(code, media, replies);
  given(await replies.withdraw(code));
  expect(codeOf(await body.end())).toBe("NOT_FOUND");
  expect(media.records.of(ACTION)).toEqual([]);
});

test.each(["before", "behind"])(
  "of a reply that is taken back %s a photo in the same commit nothing is left",
  async (when) => {
    const { data, media, replies } = await opened();
    const code = given(await replies.byPage(ASKED, { text: "gezien" }, ""));
    const body = photoFor(code, media, replies);
    const commit = data.store.commit.bind(data.store);
    const held: (() => void)[] = [];
    data.store.commit = (write) => new Promise((done) => held.push(() => commit(write).then(done)));
    const withdrawn = replies.withdraw(code);
    await expect.poll(() => held.length).toBe(1);
    const ended = body.end();
    await expect.poll(() => held.length).toBe(2);
    for (const go of when === "before" ? held.splice(0) : held.splice(0).reverse()) go();
    given(await withdrawn);
    await ended;
    expect([media.records.of(ACTION), readdirSync(join(data.store.folder, "media"))]).toEqual([[], []]);
  },
);

test.each(["before", "behind"])(
  "of a reply that is taken back %s an answer in the same commit nothing is left",
  async (when) => {
    const { replies } = await opened();
    const code = given(await replies.byPage(ASKED, { text: "gezien" }, ""));
    const at = replies.codes.placeOf(code)!;
    const steps = [() => replies.withdraw(code), () => replies.answer(at, "waar?")];
    const [first, second] = when === "before" ? steps : steps.reverse();
    await Promise.all([first!(), second!()]);
    expect(replies.answers.of(at)).toEqual([]);
  },
);

test("what the desk made of a reply goes with it, and marks no other that gets its place", async () => {
  const { data, marks, replies } = await opened();
  const code = given(await replies.byPage(ASKED, { text: "gezien" }, ""));
  const { place } = replies.codes.placeOf(code)!;
  given(await data.store.commit(() => marks.put(ACTION, place, "success")));
  given(await replies.withdraw(code));
  expect([marks.of(ACTION, place), marks.ledToSuccess(ACTION)]).toEqual([null, false]);
});

test("a link for one photo whose SMS can't be sent takes nobody's place", async () => {
  const parts = {
    ...{ uploads: new UploadLinks(() => 0), publicUrl: "https://burgernet.example" },
    ...{ action: () => ok({}), sendSms: () => fail("NUMBER_INVALID", "no number") },
  };
  const route = callRoutes(parts as unknown as PageParts).find(({ path }) => path === "/v1/actions/{id}/uploads")!;
  const head = { params: { id: ACTION }, query: "", who: NOBODY, idempotencyKey: "" } as unknown as RawHead;
  const ask = () => route.run(head, Buffer.from('{"number":"12"}'));
  for (let nth = 0; nth <= PAGES.uploads; nth++) expect(codeOf(await ask())).toBe("NUMBER_INVALID");
});

test("a link for one photo that is given back twice counts once", () => {
  const links = new UploadLinks(() => 0);
  const name = given(links.make(ACTION));
  const first = given(links.use(name));
  first.giveBack();
  given(links.use(name));
  first.giveBack();
  expect(codeOf(links.use(name))).toBe("NOT_FOUND");
});

test("whoever counts replies is told of one that is taken back, and of none that was kept long enough", async () => {
  const { data, replies, store } = await opened();
  const code = given(await replies.byPage(ASKED, { text: "gezien" }, ""));
  given(await replies.byDesk(ASKED, { text: "gezien" }, "voice"));
  const told: unknown[] = [];
  store.onChange.push((...reply) => void told.push(reply));
  given(await replies.withdraw(code));
  expect(told).toEqual([[ACTION, 1]]);
  given(await data.store.commit(() => store.remove([replyKey(ACTION, 2)])));
  expect([told.length, store.has(ACTION, 2)]).toEqual([1, false]);
});
