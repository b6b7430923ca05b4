/**
 * Damaged images of a data folder in which there is everything: each is refused by name, or starts and says the same as the whole
 * one, but for what it says is damaged. No signal, nothing that differs without a word.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { LOCAL } from "../../../engine/audit/actor.js";
import { Trail } from "../../../engine/audit/trail.js";
import { MACHINE_CLOCK } from "../../../engine/clock/clock.js";
import { Persons } from "../../../engine/municipality/plan/planned.js";
import { Redo } from "../../../engine/municipality/plan/redo.js";
import { importSealer } from "../../../engine/municipality/plan/sealer.js";
import { PositionJournal } from "../../../engine/positions/journal.js";
import { Records } from "../../../engine/positions/records.js";
import { openDataFolder } from "../../../engine/registry/open.js";
import { ReplyStore, UNASSIGNED } from "../../../engine/replies/reply-store.js";
import { Keys } from "../../../engine/rights/keys.js";
import { ok } from "../../../schemas/errors.js";
import { running } from "../../campaign/campaigns.js";
import { startNode } from "../../children.js";
import { FakeSelector, Harness } from "../../engine/actions/harness.js";
import { FakeCarrier } from "../../engine/dispatch/fake-carrier.js";
import { until } from "../../engine/dispatch/fixtures.js";
import { given, somePeople, writeSample } from "../../engine/registry/samples.js";
import { temporaryFolder } from "../../temp-folder.js";
import type { Outcome, Seen } from "./damage-start.js";

const { size: IMAGES, seed, again, tell } = running("damage");
const CHILD = new URL("./damage-start.js", import.meta.url);

it(
  `refuses ${IMAGES} damaged images by name, or starts and says what is damaged (${again})`,
  async () => {
    const folder = await baseFolder();
    const [whole] = await outcomes(folder, 0, 1);
    if (whole === undefined || !("seen" in whole)) throw new Error(`the base does not start: ${JSON.stringify(whole)}`);
    expect(whole.seen.told).toBe(0);
    const counts = new Map<string, number>();
    let at = 1;
    for (const outcome of await outcomes(folder, 1, IMAGES)) {
      const what = judge(whole.seen, outcome, `image ${at++}, ${outcome.kind}, seed ${seed}`);
      counts.set(what, (counts.get(what) ?? 0) + 1);
    }
    const line = [...counts].sort(([, a], [, b]) => b - a).map(([what, count]) => `${count} ${what}`);
    tell(`damage: ${IMAGES} images: ${line.join(", ")}; 0 signals, 0 silent differences`);
  },
  60_000 + IMAGES * 5_000,
);

function judge(whole: Seen, outcome: Outcome, about: string): string {
  if ("refused" in outcome) return `refused (${outcome.refused})`;
  const { told, things } = outcome.seen;
  const differ = Object.keys({ ...whole.things, ...things }).filter((name) => whole.things[name] !== things[name]);
  if (differ.length === 0) return told === 0 ? "as it was" : "as it was, and told of damage";
  for (const name of differ) {
    // A wave that is taken up is as it was, whatever is damaged elsewhere.
    if (name.startsWith("wave") && things[name] !== undefined) expect(things[name], about).toBe(whole.things[name]);
    const isSaid = told > 0 || (things[name] ?? "").includes("STORE_CORRUPT");
    if (!isSaid) expect(`${name}: ${things[name]}`, about).toBe(whole.things[name]);
  }
  return "started, and said what is damaged";
}

/** What became of so many images from this number on; a child that a signal ends fails the test. */
async function outcomes(folder: string, first: number, count: number): Promise<Outcome[]> {
  const child = startNode(CHILD, [
    folder,
    join(temporaryFolder(), "image"),
    String(seed),
    String(first),
    String(count),
  ]);
  const ended = await child.ended;
  const lines = child.lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as object);
  expect(ended, `after ${JSON.stringify(lines.at(-1))}, seed ${seed}: ${child.errors().slice(-2_000)}`).toEqual({
    code: 0,
    signal: null,
  });
  const found = lines.filter((line): line is Outcome => "refused" in line || "seen" in line);
  expect(found).toHaveLength(count);
  return found;
}

/** People, an action that is sent and at rest, one in the middle, a draft; keys, replies, positions, an import that was decided. */
async function baseFolder(): Promise<string> {
  const folder = temporaryFolder();
  // The key that the parts of the ledger's tests open a vault with.
  writeFileSync(`${folder}.kek`, "07".repeat(32), { mode: 0o600 });
  await writeSample(folder, somePeople(300));
  const carrier = new FakeCarrier("a", 1, { perTurn: 100 });
  const data = given(openDataFolder(folder));
  await given(
    await new Keys(data.store, MACHINE_CLOCK, new Trail(data.store, Date.now)).create(
      { name: "k", scopes: ["registry"] },
      LOCAL,
      "spk_of-the-test",
    ),
  );
  const replies = new ReplyStore(data.store, data.vault);
  const redo = new Redo(
    data.store,
    importSealer(data.vault, async () => ok(undefined)),
  );
  const changes = new Persons();
  given(await redo.write({ total: 0 }, changes));
  const positions = new PositionJournal(data.store.table("positions"), data.vault, 1);
  const records = new Records(10);
  for (let one = 0; one < 10; one++) records.add(one, 1, 2, 3, 4);
  await data.store.commit(() => {
    for (let place = 1; place <= 3; place++) {
      replies.put(UNASSIGNED, place, { receivedAtMs: Date.now(), channel: "sms", text: `seen ${place}`, missing: 0 });
    }
    positions.append(records, Date.now());
    data.vault.write();
  });
  await data.store.close();
  await actionsIn(folder, carrier);
  return folder;
}

async function actionsIn(folder: string, carrier: FakeCarrier): Promise<void> {
  const opened = given(openDataFolder(folder));
  const selector = new FakeSelector(2_000);
  const harness = await Harness.start({ open: () => opened.store } as never, [carrier], selector);
  const { id } = await harness.create({ dispatch: true });
  await harness.at(id, "sent");
  await harness.archive.restOldest(() => true);
  await harness.create({});
  await harness.create({ dispatch: true });
  await until(() => (harness.dispatcher.ends.of(2) ?? 0) >= 3);
  carrier.pause(true);
  await harness.create({ dispatch: true, text: "another" });
  await until(() => harness.dispatcher.ends.of(3) !== undefined);
  await harness.dispatcher.commit();
  await harness.crash();
}
