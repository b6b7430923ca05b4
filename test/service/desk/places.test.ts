/** Replies with a place: by the page and from the desk, coarse for whoever may not see originals, nearest first in the stream, and gone with the reply. */
import { WebSocket } from "undici";
import { expect, onTestFinished, test } from "vitest";
import { LOCAL } from "../../../engine/audit/actor.js";
import type { PageLink, ReplyTaken } from "../../../schemas/api/action/page.js";
import type { ReplyPage } from "../../../schemas/api/action/reply.js";
import type { Action } from "../../../schemas/api/api.js";
import { ReplyMessage } from "../../../schemas/replies/stream.js";
import { given } from "../../engine/registry/samples.js";
import { ask } from "../ask.js";
import { filesOf, InProcess } from "../in-process.js";

/** In the middle of the country, where the generated registry has people. */
const CENTER: [number, number] = [5.12, 52.09];
const FAR: [number, number] = [5.123456, 52.623456];
const NEAR: [number, number] = [5.123456, 52.093456];

test("a reply has a place, which is coarse unless a key may see originals", async () => {
  const whole = await InProcess.start();
  const { port } = whole.service;
  const make = async (scopes: ("replies" | "evidence")[]) =>
    given(await whole.service.keys.create({ name: scopes.join(), scopes, municipalities: null }, LOCAL)).secret;
  const [coarse, exact] = [await make(["replies"]), await make(["replies", "evidence"])];
  const area = { type: "Circle", center: CENTER, radiusMeters: 40_000 };
  const asked = { area, text: "Gezocht: rode jas", dispatch: true };
  const { json: action } = await whole.ask<Action>("controlRoom", "POST", "/v1/actions", asked);
  const at = `/v1/actions/${action.id}/replies`;
  const { json: page } = await whole.ask<PageLink>("controlRoom", "POST", `/v1/actions/${action.id}/page`);
  const said = { text: "gezien", place: { position: FAR, words: "achter het station, bel 06-12345678" } };
  const sent = await whole.ask<ReplyTaken>("anybody", "POST", `/v1/pages/${page.link}/replies`, said);
  expect(sent.status).toBe(201);
  const near = { channel: "voice", text: "hier", place: { position: NEAR } };
  expect((await whole.ask("controlRoom", "POST", at, near)).status).toBe(201);
  const words = { channel: "voice", text: "daar", place: { words: "bij de brug" } };
  expect((await whole.ask("controlRoom", "POST", at, words)).status).toBe(201);
  expect((await whole.ask("controlRoom", "POST", at, { channel: "voice", text: "geen plaats" })).status).toBe(201);
  const seenBy = async (bearer: string, query = "") => {
    return (await ask<ReplyPage>(port, "GET", at + query, { bearer })).json.replies.map(({ place }) => place);
  };
  expect(await seenBy(exact)).toMatchObject([
    { position: FAR, exact: true, words: said.place.words, distanceMeters: expect.closeTo(19_347, -2) },
    { position: NEAR, exact: true, words: null, distanceMeters: 0 },
    { position: null, words: "bij de brug", distanceMeters: null },
    undefined,
  ]);
  expect((await seenBy(coarse)).slice(0, 2)).toEqual([
    { position: [5.125, 52.625], exact: false, words: said.place.words, distanceMeters: 19_500 },
    { position: [5.125, 52.095], exact: false, words: null, distanceMeters: 0 },
  ]);
  expect((await seenBy(coarse, "?masked=true"))[0]!.words).toBe("achter het station, bel •••");
  // Who wrote where is sealed, and gone when it is taken back.
  expect(filesOf(whole.folder).includes("achter het station")).toBe(false);
  const ws = new WebSocket(`ws://127.0.0.1:${port}/v1/desk/replies?order=nearest`, {
    headers: { authorization: `Bearer ${coarse}` },
  });
  onTestFinished(() => ws.close());
  const snapshot = await new Promise<ReplyMessage>((resolve) => {
    ws.onmessage = ({ data }) => resolve(ReplyMessage.parse(JSON.parse(data)));
  });
  expect(snapshot.replies.map(({ sequence }) => sequence)).toEqual([2, 1, 4, 3]);
  expect(snapshot.replies[1]!.place).toMatchObject({ exact: false, position: [5.125, 52.625] });
  expect((await whole.ask("anybody", "DELETE", `/v1/replies/${sent.json.code}`)).status).toBe(204);
  expect(await seenBy(exact)).toHaveLength(3);
  const wrong: readonly (readonly [object, string])[] = [
    [{}, "/place"],
    [{ position: [5] }, "/place/position"],
    [{ position: [5, 99] }, "/place/position/1"],
    [{ words: "x".repeat(201) }, "/place/words"],
    [{ street: "x" }, "/place/street"],
  ];
  for (const [place, field] of wrong) {
    const answer = await whole.ask("anybody", "POST", `/v1/pages/${page.link}/replies`, { text: "gezien", place });
    expect([answer.status, answer.json]).toMatchObject([422, { code: "INVALID_FIELD", field }]);
  }
});
