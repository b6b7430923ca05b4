/** An action with a photo on its page, as a control room sends it. */
import { setTimeout as sleep } from "node:timers/promises";
import { request } from "undici";
import { expect } from "vitest";
import type { MediaList, MediaView } from "../../../schemas/api/action/media.js";
import type { PageLink } from "../../../schemas/api/action/page.js";
import type { Action } from "../../../schemas/api/api.js";
import { phonePhoto } from "../../engine/media/rig.js";
import { type InProcess, PUBLIC_URL } from "../in-process.js";
import { EVERYWHERE } from "../whole.js";

/** Until every file of the action was read. */
export async function read(whole: InProcess, id: string): Promise<MediaView[]> {
  for (;;) {
    const { json } = await whole.ask<MediaList>("controlRoom", "GET", `/v1/actions/${id}/media`);
    if (json.media.every(({ state }) => state !== "waiting")) return json.media;
    await sleep(20);
  }
}

/** A draft with a photo, its link in its text, and sent. */
export async function sent(whole: InProcess): Promise<{ action: Action; link: string }> {
  const { json: draft } = await whole.ask<Action>("controlRoom", "POST", "/v1/actions", {
    area: EVERYWHERE,
    text: "draft",
  });
  const photo = await whole.upload("controlRoom", `/v1/actions/${draft.id}/media`, await phonePhoto());
  expect([photo.status, photo.json]).toMatchObject([201, { state: "waiting", from: "desk", out: true }]);
  const { json: page } = await whole.ask<PageLink>("controlRoom", "POST", `/v1/actions/${draft.id}/page`);
  expect(page.url).toBe(`${PUBLIC_URL}/a/${page.link}`);
  expect((await whole.ask<PageLink>("controlRoom", "POST", `/v1/actions/${draft.id}/page`)).json).toEqual(page);
  // A draft has no page yet.
  expect((await whole.ask("anybody", "GET", `/v1/pages/${page.link}`)).status).toBe(404);
  const text = `Burgernet: kind vermist, foto: ${page.url}`;
  const changed = await request(`http://127.0.0.1:${whole.service.port}/v1/actions/${draft.id}`, {
    method: "PATCH",
    headers: {
      ...{ authorization: `Bearer ${whole.keys.controlRoom}`, "content-type": "application/merge-patch+json" },
      ...{ "if-match": "*", "idempotency-key": "change" },
    },
    body: JSON.stringify({ text }),
  });
  expect([changed.statusCode, await changed.body.text()]).toMatchObject([200, expect.stringContaining(page.url)]);
  const dispatched = await whole.ask<Action>("controlRoom", "POST", `/v1/actions/${draft.id}/dispatch`);
  expect(dispatched.status, dispatched.text).toBe(200);
  await read(whole, draft.id);
  return { action: dispatched.json, link: page.link };
}
