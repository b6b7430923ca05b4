/**
 * A record of each kind of list that is damaged: the service starts, the list has all the others, and says what it lacks; the log and
 * the metric name the table.
 */
import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { ActionStore } from "../../../engine/actions/action-store.js";
import { StrayStore } from "../../../engine/dispatch/receipts/stray-store.js";
import { Persons } from "../../../engine/municipality/plan/planned.js";
import { Redo } from "../../../engine/municipality/plan/redo.js";
import { importSealer } from "../../../engine/municipality/plan/sealer.js";
import { openDataFolder } from "../../../engine/registry/open.js";
import { ReplyStore, UNASSIGNED } from "../../../engine/replies/reply-store.js";
import type { TableName } from "../../../engine/store/tables.js";
import type { ReplyPage } from "../../../schemas/api/action/reply.js";
import type { ActionPage } from "../../../schemas/api/api.js";
import type { StrayReceipt } from "../../../schemas/api/operations.js";
import type { ProblemDocument } from "../../../schemas/api/problem.js";
import { ok } from "../../../schemas/errors.js";
import { filled } from "../../engine/actions/harness.js";
import { given } from "../../engine/registry/samples.js";
import { turnBit, withRaw } from "../../engine/store/damage.js";
import { InProcess } from "../in-process.js";

const IDS = ["a", "b", "c"].map((last) => `0198c0de-0000-7000-8000-00000000000${last}`);
const [, DAMAGED, WITH_REPLIES] = IDS as [string, string, string];

it("hides no other and stops no start", async () => {
  const whole = await InProcess.start();
  await whole.service.close();
  await fill(whole.folder);
  for (const [table, key] of await middles(whole.folder)) await turnBit(whole.folder, table, key);
  await unopenable(whole.folder);
  await whole.open();
  const get = async <T>(path: string) => (await whole.ask<T>("controlRoom", "GET", path)).json;

  const listed = await get<ActionPage>("/v1/actions");
  expect(listed.actions.map(({ id }) => id)).toEqual([WITH_REPLIES, IDS[0]]);
  const replies = await get<ReplyPage>(`/v1/actions/${WITH_REPLIES}/replies`);
  expect([replies.replies.map(({ text }) => text), replies.unreadable, replies.next]).toEqual([
    ["reply 1", "reply 3"],
    [2, 4],
    null,
  ]);
  // The damaged one is one of the two of a page, or a reader would never get to an end.
  const page = await get<ReplyPage>(`/v1/actions/${WITH_REPLIES}/replies?after=1&limit=2`);
  expect([page.replies.map(({ sequence }) => sequence), page.unreadable, page.next]).toEqual([[3], [2], 3]);
  const unassigned = await get<ReplyPage>("/v1/unassigned-replies");
  expect([unassigned.replies.map(({ text }) => text), unassigned.unreadable]).toEqual([["reply 1", "reply 3"], [2]]);
  // Of an action that can't be read itself what people wrote still can.
  expect((await get<ReplyPage>(`/v1/actions/${DAMAGED}/replies`)).replies).toHaveLength(1);
  const strays = await whole.ask<{ receipts: StrayReceipt[] }>("controlRoom", "GET", "/v1/stray-receipts");
  expect(strays.json.receipts.map(({ messageId }) => messageId)).toEqual(["3", "1"]);

  expect((await whole.ask<object>("municipality", "GET", "/v1/imports")).status).toBe(200);
  const refused = await whole.ask<ProblemDocument>("municipality", "POST", "/v1/imports", "phone\n+31600000001\n");
  expect(refused.json.code).toBe("STORE_CORRUPT");
  const { text } = await whole.ask("operator", "GET", "/metrics");
  for (const table of ["actions", "replies", "strays", "confirmations", "imports", "meta"]) {
    expect(text).toMatch(new RegExp(`seinpost_store_damaged_records{table="${table}"} [1-9]`));
    expect(whole.said.some((line) => line.includes(`"table":"${table}"`))).toBe(true);
  }
  expect(whole.said.filter((line) => line.startsWith("fatal"))).toEqual([]);
});

async function fill(folder: string): Promise<void> {
  const { store, vault } = given(openDataFolder(folder));
  const [actions, replies, strays] = [new ActionStore(store), new ReplyStore(store, vault), new StrayStore(store)];
  const redo = new Redo(
    store,
    importSealer(vault, async () => ok(undefined)),
  );
  given(await redo.write({ total: 0 }, new Persons()));
  await store.commit(() => {
    for (const id of IDS) {
      actions.put({
        ...{ revision: 1, copyOf: null, startAtMs: null },
        ...{ id, request: filled(), createdAtMs: 1, expiresAtMs: 2, status: "draft", stoppedAtMs: null },
        ...{ endedAtMs: null, end: null, selectMs: null, waves: [], reason: null },
      });
    }
    const reply = (place: number) => ({ receivedAtMs: 1, channel: "sms", text: `reply ${place}`, missing: 0 }) as const;
    for (const id of [WITH_REPLIES, UNASSIGNED]) for (const n of [1, 2, 3]) replies.put(id, n, reply(n));
    replies.put(DAMAGED, 1, reply(1));
    strays.put(["1", "2", "3"].map((messageId) => ({ atMs: 1, carrier: "c", messageId, state: 2, error: 0 })));
    for (const one of [1, 2]) void store.table("confirmations").put(Buffer.alloc(8, one), Uint8Array.of(1));
    vault.write();
  });
  const meta = ["carrierKnowledge", "journals"].map((name) => Buffer.from(name));
  given(await store.commit(() => meta.forEach((key) => void store.table("meta").put(key, Buffer.alloc(8)))));
  await store.close();
}

/** Of each list the key of a record in the middle; of what is one record, that. */
function middles(folder: string): Promise<[TableName, Buffer][]> {
  const second = (id: string) => Buffer.from(`${id.replaceAll("-", "")}00000002`, "hex");
  return withRaw(folder, (table) => [
    ["actions", Buffer.from(DAMAGED.replaceAll("-", ""), "hex")],
    ["replies", second(WITH_REPLIES)],
    ["replies", second(UNASSIGNED)],
    ["strays", [...table("strays").getKeys()][1]!],
    ["confirmations", Buffer.alloc(8, 1)],
    ["meta", Buffer.from("carrierKnowledge")],
    ["meta", Buffer.from("journals")],
    ["imports", [...table("imports").getKeys()][0]!],
  ]);
}

/** One more reply, whose checksum fits and which opens with no key. */
async function unopenable(folder: string): Promise<void> {
  const { store } = given(openDataFolder(folder));
  const key = Buffer.from(`${WITH_REPLIES.replaceAll("-", "")}00000004`, "hex");
  given(await store.commit(() => void store.table("replies").put(key, randomBytes(80))));
  await store.close();
}
