/** A desk follows the replies to all running actions over a WebSocket: what it sees, who sees it, and that nothing is missed in between. */
import { WebSocket } from "undici";
import { expect, onTestFinished, test } from "vitest";
import { LOCAL } from "../../../engine/audit/actor.js";
import type { ReplyTaken } from "../../../schemas/api/action/page.js";
import type { Action } from "../../../schemas/api/api.js";
import { ReplyMessage, STREAM_PROTOCOL } from "../../../schemas/replies/stream.js";
import { phonePhoto } from "../../engine/media/rig.js";
import { given } from "../../engine/registry/samples.js";
import { ask } from "../ask.js";
import { InProcess } from "../in-process.js";
import { EVERYWHERE } from "../whole.js";

class Follower {
  readonly opened: Promise<boolean>;
  /** What it knows, by action and sequence, as a screen keeps it. */
  readonly known = new Map<string, ReplyMessage["replies"][number]>();
  readonly over: string[] = [];
  readonly types: string[] = [];
  cursor = "";
  more = false;
  readonly #ws: WebSocket;
  #wake: () => void = () => {};

  constructor(port: number, key: string, query = "") {
    const headers = { authorization: `Bearer ${key}` };
    this.#ws = new WebSocket(`ws://127.0.0.1:${port}/v1/desk/replies${query}`, {
      protocols: [STREAM_PROTOCOL],
      headers,
    });
    onTestFinished(() => this.close());
    this.opened = new Promise((resolve) => {
      this.#ws.onopen = () => resolve(true);
      this.#ws.onerror = () => resolve(false);
    });
    this.#ws.onmessage = ({ data }) => this.#take(ReplyMessage.parse(JSON.parse(data)));
  }

  #take({ type, cursor, replies, gone, over, more }: ReplyMessage): void {
    if (type === "snapshot") this.known.clear();
    for (const reply of replies) this.known.set(`${reply.action}/${reply.sequence}`, reply);
    for (const { action, sequence } of gone) this.known.delete(`${action}/${sequence}`);
    this.over.push(...over);
    this.types.push(type);
    this.cursor = cursor;
    this.more ||= more;
    this.#wake();
  }

  get texts(): string[] {
    return [...this.known.values()].map(({ text }) => text).sort();
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  close(): void {
    this.#ws.close();
  }
}

async function running(whole: InProcess, text: string): Promise<Action> {
  const asked = { area: EVERYWHERE, text, dispatch: true, confirmed: ["TEXT_REPEATED"] };
  return (await whole.ask<Action>("controlRoom", "POST", "/v1/actions", asked)).json;
}

async function called(whole: InProcess, { id }: Action, text: string): Promise<void> {
  const said = { channel: "voice", text };
  expect((await whole.ask("controlRoom", "POST", `/v1/actions/${id}/replies`, said)).status).toBe(201);
}

test("replies of all running actions come in one stream, with marks, answers, photos and withdrawals", async () => {
  const whole = await InProcess.start();
  const { port } = whole.service;
  const [one, other] = [await running(whole, "first"), await running(whole, "second")];
  await called(whole, one, "before");
  const desk = new Follower(port, whole.keys.controlRoom);
  await desk.until(() => desk.texts.length === 1);
  expect([desk.types, desk.more, desk.known.get(`${one.id}/1`)]).toMatchObject([
    ["snapshot"],
    false,
    { text: "before" },
  ]);
  await called(whole, other, "during, Jan: 06-12345678");
  await desk.until(() => desk.texts.length === 2);
  const at = `/v1/actions/${one.id}/replies/1`;
  expect((await whole.ask("controlRoom", "PUT", `${at}/mark`, { mark: "useful" })).status).toBe(204);
  expect((await whole.ask("controlRoom", "POST", `${at}/answers`, { text: "thanks" })).status).toBe(201);
  const before = () => desk.known.get(`${one.id}/1`)!;
  await desk.until(() => before().mark === "useful" && before().answers?.[0]?.text === "thanks");
  const { json: page } = await whole.ask<{ link: string }>("controlRoom", "POST", `/v1/actions/${other.id}/page`);
  const { json: sent } = await whole.ask<ReplyTaken>("anybody", "POST", `/v1/pages/${page.link}/replies`, {
    text: "web",
  });
  await desk.until(() => desk.known.has(`${other.id}/2`));
  await whole.upload("anybody", `/v1/replies/${sent.code}/media`, await phonePhoto());
  await desk.until(() => desk.known.get(`${other.id}/2`)!.media?.[0]?.state === "ready");
  expect((await whole.ask("anybody", "DELETE", `/v1/replies/${sent.code}`)).status).toBe(204);
  await desk.until(() => !desk.known.has(`${other.id}/2`));
  const masked = new Follower(port, whole.keys.controlRoom, "?masked=true");
  await masked.until(() => masked.texts.length === 2);
  expect(masked.texts.join()).not.toContain("12345678");
  await whole.ask("controlRoom", "POST", `/v1/actions/${one.id}/end`, { outcome: "success" });
  await desk.until(() => desk.over.includes(one.id));
});

test("whoever was away is told exactly what changed, and a snapshot once that can't be told", async () => {
  const whole = await InProcess.start();
  const { port } = whole.service;
  const action = await running(whole, "first");
  for (const text of ["a", "b"]) await called(whole, action, text);
  const desk = new Follower(port, whole.keys.controlRoom);
  await desk.until(() => desk.texts.length === 2);
  desk.close();
  await called(whole, action, "c");
  await whole.ask("controlRoom", "PUT", `/v1/actions/${action.id}/replies/1/mark`, { mark: "noise" });
  const back = new Follower(port, whole.keys.controlRoom, `?after=${desk.cursor}`);
  await back.until(() => back.known.size === 2);
  expect([back.types, back.texts]).toEqual([["changes"], ["a", "c"]]);
  const again = new Follower(port, whole.keys.controlRoom, `?after=${back.cursor}`);
  await again.opened;
  await called(whole, action, "d");
  await again.until(() => again.known.size === 1);
  expect(again.texts).toEqual(["d"]);
  const stranger = new Follower(port, whole.keys.controlRoom, "?after=00000000-3");
  await stranger.until(() => stranger.known.size === 4);
  expect(stranger.types).toEqual(["snapshot"]);
  const { cursor } = stranger;
  await whole.service.close();
  await whole.open();
  const after = new Follower(whole.service.port, whole.keys.controlRoom, `?after=${cursor}`);
  await after.until(() => after.known.size === 4);
  expect(after.types).toEqual(["snapshot"]);
});

test("who may not read replies is refused, a municipality sees its own, and what is asked wrongly is said", async () => {
  const whole = await InProcess.start();
  const { port } = whole.service;
  const make = async (name: string, more: object) =>
    given(await whole.service.keys.create({ name, scopes: ["replies"], municipalities: null, ...more }, LOCAL)).secret;
  const watcher = await make("watcher", { scopes: ["watch"] });
  const strange = await make("Groningen", { municipalities: [14] });
  const action = await running(whole, "first");
  await called(whole, action, "for the control room");
  expect(await new Follower(port, watcher).opened).toBe(false);
  const theirs = new Follower(port, strange);
  await theirs.until(() => theirs.types.length === 1);
  const desk = new Follower(port, whole.keys.controlRoom);
  await desk.until(() => desk.texts.length === 1);
  await called(whole, action, "and another");
  await desk.until(() => desk.texts.length === 2);
  expect([theirs.types, theirs.texts]).toEqual([["snapshot"], []]);
  const bearer = whole.keys.controlRoom;
  expect((await ask(port, "GET", "/v1/desk/replies", { bearer })).json).toMatchObject({ code: "UPGRADE_REQUIRED" });
  expect((await ask(port, "GET", "/v1/desk/replies?after=x", { bearer })).json).toMatchObject({
    ...{ code: "INVALID_FIELD", field: "after" },
  });
  expect(await new Follower(port, bearer, "?after=x").opened).toBe(false);
  expect(await new Follower(port, bearer, "?order=oldest").opened).toBe(false);
});
