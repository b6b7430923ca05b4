/**
 * What goes to citizens and comes back, through the whole service: a photo goes out with an action, citizens reply by its page, as
 * nobody in particular, with photos and with files that are none, and read what the desk answers; and all of it is gone with the
 * action.
 */
import sharp from "sharp";
import { request } from "undici";
import { expect, test } from "vitest";
import { LOCAL } from "../../../engine/audit/actor.js";
import type { OwnReply, PageView, ReplyTaken } from "../../../schemas/api/action/page.js";
import type { ReplyPage } from "../../../schemas/api/action/reply.js";
import type { Action } from "../../../schemas/api/api.js";
import type { AuditPage } from "../../../schemas/api/audit.js";
import { phonePhoto } from "../../engine/media/rig.js";
import { given } from "../../engine/registry/samples.js";
import { InProcess, PUBLIC_URL, textsTo } from "../in-process.js";
import { EVERYWHERE } from "../whole.js";
import { read, sent } from "./sent-action.js";

test("a photo goes out with an action on a page that is gone with it", async () => {
  const whole = await InProcess.start();
  const { action, link } = await sent(whole);
  const page = await whole.ask<PageView>("anybody", "GET", `/v1/pages/${link}`);
  expect(page.json).toMatchObject({
    text: action.text,
    expiresAt: action.expiresAt,
    media: [{ kind: "photo", width: 480, height: 640 }],
  });
  const url = `http://127.0.0.1:${whole.service.port}/v1/pages/${link}/media/${page.json.media[0]!.media}`;
  const seen = await request(url);
  expect((await sharp(Buffer.from(await seen.body.arrayBuffer())).metadata()).exif).toBeUndefined();
  expect(seen.headers).toMatchObject({
    "content-type": "image/jpeg",
    "cache-control": "public, max-age=30",
    "x-content-type-options": "nosniff",
  });
  const again = await request(url, { headers: { "if-none-match": String(seen.headers.etag) } });
  expect([again.statusCode, await again.body.text()]).toEqual([304, ""]);
  const first = await request(url, { headers: { range: "bytes=0-1" } });
  expect([first.statusCode, Buffer.from(await first.body.arrayBuffer()).toString("hex")]).toEqual([206, "ffd8"]);
  // Blurred it is another picture, and nobody sees the one before by that tag.
  const [media] = await read(whole, action.id);
  const blurs = [{ left: 0, top: 0, width: 200, height: 200 }];
  const path = `/v1/actions/${action.id}/media/${media!.media}`;
  expect((await whole.ask("controlRoom", "PATCH", path, { blurs })).json).toMatchObject({ blurs, out: true });
  const blurred = await request(url, { headers: { "if-none-match": String(seen.headers.etag) } });
  expect([blurred.statusCode, blurred.headers.etag === seen.headers.etag]).toEqual([200, false]);
  await blurred.body.dump();
  expect((await whole.ask("controlRoom", "PATCH", path, { out: false })).status).toBe(200);
  expect((await whole.ask("anybody", "GET", `/v1/pages/${link}/media/${media!.media}`)).status).toBe(404);
  expect((await whole.ask("controlRoom", "PATCH", path, { out: true })).status).toBe(200);
  const ended = await whole.ask("controlRoom", "POST", `/v1/actions/${action.id}/end`, { text: "Gevonden. Dank u." });
  expect(ended.status, ended.text).toBe(200);
  for (const gone of [`/v1/pages/${link}`, `/v1/pages/${link}/media/${media!.media}`]) {
    expect((await whole.ask("anybody", "GET", gone)).status).toBe(404);
  }
  expect((await whole.ask("anybody", "POST", `/v1/pages/${link}/replies`, { text: "late" })).status).toBe(404);
});

test("a reply by the page is there whatever its files are, and its code brings the answer", async () => {
  const whole = await InProcess.start();
  const { action, link } = await sent(whole);
  const { status, json } = await whole.ask<ReplyTaken>("anybody", "POST", `/v1/pages/${link}/replies`, {
    text: "Rode jas, bij de brug. Ik heet Jan de Vries, 06-12345678",
  });
  expect(status).toBe(201);
  const files = [await phonePhoto(), Buffer.from("<svg onload=alert(1)/>"), (await phonePhoto()).subarray(0, 9_000)];
  for (const file of files)
    expect((await whole.upload("anybody", `/v1/replies/${json.code}/media`, file)).status).toBe(201);
  expect((await whole.upload("anybody", `/v1/replies/${json.code}/media`, Buffer.alloc(0))).json).toMatchObject({
    code: "MEDIA_TYPE",
  });
  await read(whole, action.id);
  const page = await whole.ask<ReplyPage>("controlRoom", "GET", `/v1/actions/${action.id}/replies`);
  expect(page.json.replies).toMatchObject([{ sequence: 1, channel: "web", text: expect.stringContaining("Rode jas") }]);
  expect(page.json.replies[0]!.media!.map(({ refused }) => refused).sort()).toEqual([
    "MEDIA_DAMAGED",
    "MEDIA_TYPE",
    null,
  ]);
  const masked = await whole.ask<ReplyPage>("controlRoom", "GET", `/v1/actions/${action.id}/replies?masked=true`);
  expect(masked.json.replies[0]!.text).toBe("Rode jas, bij de brug. Ik heet •••, •••");
  const own = (code: string) => whole.ask<OwnReply>("anybody", "GET", `/v1/replies/${code}`);
  expect((await own(json.code)).json.answers).toEqual([]);
  const answered = await whole.ask("controlRoom", "POST", `/v1/actions/${action.id}/replies/1/answers`, {
    text: "Dank u. Welke kant?",
  });
  expect(answered.status, answered.text).toBe(201);
  // As somebody types it from paper.
  const typed = (await own(json.code.toLowerCase().replaceAll("-", "").replaceAll("0", "o"))).json;
  expect(typed.answers).toMatchObject([{ text: "Dank u. Welke kant?" }]);
  expect(typed.media.map(({ refused }) => refused).sort()).toEqual(["MEDIA_DAMAGED", "MEDIA_TYPE", null]);
  expect((await own("0000-0000-0000-0000")).status).toBe(404);
  expect(
    (await whole.ask("controlRoom", "POST", `/v1/actions/${action.id}/replies/9/answers`, { text: "nobody" })).status,
  ).toBe(404);
  // By telephone, written down by the desk.
  const call = await whole.ask("controlRoom", "POST", `/v1/actions/${action.id}/replies`, {
    channel: "voice",
    text: "Gezien in de Molenstraat",
  });
  expect([call.status, call.json]).toEqual([201, { sequence: 2 }]);
  expect((await whole.ask("anybody", "DELETE", `/v1/replies/${json.code}`)).status).toBe(204);
  const left = await whole.ask<ReplyPage>("controlRoom", "GET", `/v1/actions/${action.id}/replies`);
  expect(left.json.replies.map(({ text }) => text)).toEqual(["Gezien in de Molenstraat"]);
  expect((await read(whole, action.id)).map(({ from }) => from)).toEqual(["desk"]);
  expect((await own(json.code)).status).toBe(404);
});

test("an original is opened by its own right alone, and each opening is on record before it is answered", async () => {
  const whole = await InProcess.start();
  const { action } = await sent(whole);
  const [media] = await read(whole, action.id);
  const path = `/v1/actions/${action.id}/media/${media!.media}/original`;
  expect((await whole.ask("controlRoom", "GET", path)).status).toBe(403);
  const key = given(await whole.service.keys.create({ name: "detective", scopes: ["evidence"] }, LOCAL));
  const opened = await request(`http://127.0.0.1:${whole.service.port}${path}`, {
    headers: { authorization: `Bearer ${key.secret}` },
  });
  const bytes = Buffer.from(await opened.body.arrayBuffer());
  expect([opened.statusCode, opened.headers["content-type"], bytes.length]).toEqual([
    200,
    "application/octet-stream",
    media!.bytes,
  ]);
  expect(opened.headers["content-disposition"]).toContain("attachment");
  const auditor = given(await whole.service.keys.create({ name: "auditor", scopes: ["audit"] }, LOCAL));
  const trail = await request(`http://127.0.0.1:${whole.service.port}/v1/audit-records?key=${key.record.keyId}`, {
    headers: { authorization: `Bearer ${auditor.secret}` },
  });
  const { records } = (await trail.body.json()) as AuditPage;
  expect(records.map(({ deed, on }) => [deed, on])).toEqual(
    ["evidence.opened", "evidence.opening"].map((deed) => [deed, { action: action.id, media: media!.media }]),
  );
});

test("a caller sends one photo by a link that counts once, and the number is nowhere", async () => {
  const whole = await InProcess.start();
  const { json: draft } = await whole.ask<Action>("controlRoom", "POST", "/v1/actions", {
    area: EVERYWHERE,
    text: "draft",
  });
  const asked = await whole.ask("controlRoom", "POST", `/v1/actions/${draft.id}/uploads`, { number: "06 12345678" });
  expect(asked.status, asked.text).toBe(204);
  const [text] = await textsTo(whole.simulator, 31_612_345_678, 1);
  const name = new RegExp(`${PUBLIC_URL}/u/([A-Za-z0-9]{11})$`).exec(text!)![1]!;
  expect((await whole.upload("anybody", `/v1/uploads/${name}`, Buffer.alloc(0))).json).toMatchObject({
    code: "MEDIA_TYPE",
  });
  expect((await whole.upload("anybody", `/v1/uploads/${name}`, await phonePhoto())).status).toBe(201);
  expect((await whole.upload("anybody", `/v1/uploads/${name}`, await phonePhoto())).status).toBe(404);
  // The desk decides whether it goes out.
  expect(await read(whole, draft.id)).toMatchObject([{ from: "caller", state: "ready", out: false }]);
  expect(
    (await whole.ask("controlRoom", "POST", `/v1/actions/${draft.id}/uploads`, { number: "+1 212 555 0100" })).status,
  ).toBe(422);
});

test("the page is one file, which lets nothing in but itself", async () => {
  const whole = await InProcess.start();
  const page = await request(`http://127.0.0.1:${whole.service.port}/a/AAAAAAAAAAA`);
  const html = await page.body.text();
  expect([page.statusCode, page.headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
  expect(page.headers["content-security-policy"]).toMatch(
    /^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+';/,
  );
  expect(html).not.toMatch(
    /https?:\/\/|\bsrc=|<link(?! rel="icon" href="data:,">)|@import|innerHTML|document\.cookie|localStorage/,
  );
  expect(page.headers["set-cookie"]).toBeUndefined();
  expect(html.length).toBeLessThan(14_000);
});
