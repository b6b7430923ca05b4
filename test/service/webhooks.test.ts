/** Other systems that are told of actions: through a kill, beside one that hangs, and what is not real under another name. */
import { setTimeout as sleep } from "node:timers/promises";
import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import type { MadeWebhook, WebhookEvent } from "../../schemas/webhooks/webhook.js";
import { listening } from "../listening.js";
import { seeded } from "../random.js";
import { adminKey } from "./admin-key.js";
import type { Method } from "./ask.js";
import { EVERYWHERE, Whole } from "./whole.js";

interface Told {
  readonly id: string;
  readonly event: WebhookEvent;
}

/** A system that is told: what it got, each signature looked at; it hangs, or refuses, while the test says so. */
async function listener() {
  const system = {
    url: "",
    told: [] as Told[],
    secret: "",
    does: "take" as "take" | "refuse" | "hang",
    hangUp: () => {},
  };
  const { port, server } = await listening(({ request, body }, response) => {
    if (system.does === "hang") return;
    if (system.does === "refuse") return void response.writeHead(500).end();
    const event = new Webhook(system.secret).verify(body, request.headers as Record<string, string>) as WebhookEvent;
    system.told.push({ id: String(request.headers["webhook-id"]), event });
    response.writeHead(204).end();
  });
  system.hangUp = () => server.closeAllConnections();
  system.url = `http://127.0.0.1:${port}/`;
  return system;
}

async function started() {
  const whole = await Whole.prepare(300, [{ name: "north" }]);
  whole.environment = { SEINPOST_WEBHOOK_NETWORKS: "127.0.0.0/8" };
  await whole.startEngine();
  await whole.engine.untilBound();
  const key = await adminKey(whole.folder);
  const ask = <T>(method: Method, path: string, body?: object) => whole.ask<T>(method, path, body, key);
  return { whole, ask };
}

const until = async (is: () => boolean): Promise<void> => {
  while (!is()) await sleep(10);
};
const typesOf = (told: readonly Told[], id: string): string[] =>
  told.filter(({ event }) => event.data.id === id).map(({ event }) => event.type);

test("each status of each action is told, through kills and refusals, and beside one that hangs", async () => {
  const { whole, ask } = await started();
  const [good, hanging] = [await listener(), await listener()];
  hanging.does = "hang";
  for (const system of [good, hanging]) {
    const made = await ask<MadeWebhook>("POST", "/v1/webhooks", { name: "desk", url: system.url, topics: ["action"] });
    expect(made.status).toBe(201);
    system.secret = made.json.secret;
  }
  const random = seeded(7);
  const ids: string[] = [];
  for (let round = 0; round < 4; round++) {
    good.does = round % 2 === 1 ? "refuse" : "take";
    const made = await Promise.all(
      Array.from({ length: 5 }, (_, nth) =>
        whole.engine.createAction({ area: EVERYWHERE, text: `Burgernet ${round} ${nth}`, dispatch: true }),
      ),
    );
    ids.push(...made.map(({ id }) => id));
    await sleep(random() * 60);
    await whole.restart();
  }
  good.does = "take";
  for (const id of ids) await whole.engine.until(id, ({ status }) => status === "sent");
  await until(() => ids.every((id) => typesOf(good.told, id).includes("action.sent")));
  for (const id of ids) {
    // What comes of an action soon is one commit, so a status that lasted no moment may be told of by none.
    const types = new Set(typesOf(good.told, id));
    expect([...types].every((type) => /^action\.(selecting|sending|sent)$/.test(type))).toBe(true);
    expect(types.has("action.sent")).toBe(true);
  }
  // What came twice came under the id that it had.
  const byId = new Map(good.told.map(({ id, event }) => [id, JSON.stringify(event)]));
  for (const { id, event } of good.told) expect(byId.get(id)).toBe(JSON.stringify(event));
  const { json } = await ask<{ webhooks: { pending: number }[] }>("GET", "/v1/webhooks");
  expect(json.webhooks[1]!.pending).toBeGreaterThanOrEqual(ids.length);
  hanging.does = "take";
  hanging.hangUp();
  await until(() => ids.every((id) => typesOf(hanging.told, id).includes("action.sent")));
});

test("an exercise is told to who asked for exercises, under another name; ids, words and addresses are all that is checked", async () => {
  const { whole, ask } = await started();
  const [real, drill] = [await listener(), await listener()];
  for (const [system, topic] of [
    [real, "action"],
    [drill, "exercise"],
  ] as const) {
    const made = await ask<MadeWebhook>("POST", "/v1/webhooks", { name: topic, url: system.url, topics: [topic] });
    system.secret = made.json.secret;
    expect((await ask("POST", `/v1/webhooks/${made.json.id}/ping`)).status).toBe(202);
  }
  const text = "Zoek mee naar Sjors";
  expect((await ask("PUT", "/v1/test-groups/desk", { participants: [1, 2, 3] })).status).toBe(200);
  const { id } = await whole.engine.createAction({
    area: EVERYWHERE,
    text,
    dispatch: true,
    mode: "exercise",
    testGroup: "desk",
  });
  const other = await whole.engine.createAction({ area: EVERYWHERE, text, dispatch: true });
  await until(() => typesOf(drill.told, id).includes("exercise.sent"));
  await until(() => typesOf(real.told, other.id).includes("action.sent"));
  expect(real.told.map(({ event }) => event.type).filter((type) => type.startsWith("exercise"))).toEqual([]);
  expect(drill.told.map(({ event }) => event.type).filter((type) => type.startsWith("action"))).toEqual([]);
  expect([...real.told, ...drill.told].filter(({ event }) => event.type === "webhook.ping").length).toBe(2);
  expect(JSON.stringify([real.told, drill.told])).not.toContain("Sjors");
  for (const [body, field] of [
    [{ name: "a", url: "ftp://example.org", topics: ["action"] }, "/url"],
    [{ name: "a", url: "https://user:secret@example.org", topics: ["action"] }, "/url"],
    [{ name: "a", url: "https://example.org", topics: [] }, "/topics"],
    [{ name: "a\nb", url: "https://example.org", topics: ["action"] }, "/name"],
  ] as const) {
    const { status, json } = await ask<{ code: string; field: string }>("POST", "/v1/webhooks", body);
    expect([status, json.code, json.field]).toEqual([422, "INVALID_FIELD", field]);
  }
});
