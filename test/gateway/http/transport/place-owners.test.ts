/** Who may have how many connections: strangers of one address among themselves, and each who is known. */
import { EventEmitter } from "node:events";
import { connect, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { Places } from "../../../../gateway/http/transport/places.js";
import { API } from "../../../../schemas/limits.js";
import { rawExchange, startRig, VALID_ACTION } from "../support.js";

/** A socket as far as a place knows one. */
function fake(): { socket: Socket; isGone: () => boolean } {
  let gone = false;
  const emitter = Object.assign(new EventEmitter(), {
    destroy: () => {
      gone = true;
      emitter.emit("close");
    },
  });
  return { socket: emitter as unknown as Socket, isGone: () => gone };
}

test("strangers of one address lose their own oldest place, and nobody else does", () => {
  const places = new Places(100, 3);
  const other = fake();
  places.take(other.socket, "b");
  const flood = Array.from({ length: 10 }, fake);
  for (const { socket } of flood) expect(places.take(socket, "a")).toBe(true);
  expect(flood.map(({ isGone }) => isGone())).toEqual([...Array(7).fill(true), ...Array(3).fill(false)]);
  expect(other.isGone()).toBe(false);
  // All that are left are being answered: there is no place for one more of them, and there is for others.
  for (const { socket } of flood.slice(7)) places.hold(socket);
  expect([places.take(fake().socket, "a"), places.take(fake().socket, "c")]).toEqual([false, true]);
  flood[9]!.socket.emit("close");
  expect(places.take(fake().socket, "a")).toBe(true);
});

test("an address that many share has no bound of its own", () => {
  const places = new Places(20, 3);
  const all = Array.from({ length: 20 }, fake);
  for (const { socket } of all) places.take(socket, "");
  expect(all.some(({ isGone }) => isGone())).toBe(false);
});

test("who is known is no stranger any more, and has so many and no more", () => {
  const places = new Places(100, 2);
  const [first, second, third, fourth] = [fake(), fake(), fake(), fake()];
  for (const { socket } of [first, second]) {
    places.take(socket, "a");
    expect(places.know(socket, "key", 2)).toBe(true);
  }
  places.take(third.socket, "a");
  expect([first, second, third].some(({ isGone }) => isGone())).toBe(false);
  expect(places.know(third.socket, "key", 2)).toBe(false);
  // A connection on which another key comes next, as through a proxy, is that one's.
  expect([places.know(first.socket, "other", 2), places.know(third.socket, "key", 2)]).toEqual([true, true]);
  second.socket.emit("close");
  places.take(fourth.socket, "b");
  expect(places.know(fourth.socket, "key", 2)).toBe(true);
});

test("a connection is a stranger's again once nobody says whose it is, and takes no place of the owner before", () => {
  const places = new Places(100, 2);
  const [first, second, third] = [fake(), fake(), fake()];
  for (const { socket } of [first, second]) {
    places.take(socket, "a");
    places.know(socket, "key", 2);
  }
  places.forget(first.socket);
  expect(places.know(fake().socket, "key", 2)).toBe(true);
  // Of the same address there are two strangers now, and one of them makes room.
  places.take(third.socket, "a");
  places.take(fake().socket, "a");
  expect([first, second, third].map(({ isGone }) => isGone())).toEqual([true, false, false]);
});

test("one key that opens connections without end keeps no other key out", async () => {
  const rig = await startRig();
  onTestFinished(() => rig.close());
  const key = rig.freshKey();
  const body = JSON.stringify(VALID_ACTION);
  const half = `POST /v1/previews HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n{`;
  const sockets: Socket[] = [];
  onTestFinished(() => {
    for (const socket of sockets) socket.resetAndDestroy();
  });
  const open = () =>
    new Promise<void>((opened) => {
      const socket = connect(rig.port, "127.0.0.1", () => socket.write(half, () => opened()));
      sockets.push(socket.on("error", () => {}));
    });
  // No more than a key may ask in a second at a time.
  while (sockets.length < API.connectionsPerKey) {
    await Promise.all(Array.from({ length: API.requestsPerSecond / 2 }, open));
    await new Promise((later) => setTimeout(later, 600));
  }
  const refused = await rawExchange(rig.port, [half], /\}/);
  expect(refused).toMatch(/^HTTP\/1.1 503[\s\S]*At most 1024 connections/);
  expect((await rig.send("POST", "/v1/actions", { body: VALID_ACTION })).status).toBe(201);
});
