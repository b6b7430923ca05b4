/**
 * A folder that is a past: restored from a backup that was taken in mid-dispatch, or copied by other means, after which the
 * original went on and sent everything. The carriers' own logs show that a service on it sends nothing by itself, and that once
 * an operator lets it go on nobody gets a message twice without a flag.
 */
import { cpSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { backUp, restore } from "../../../engine/backup/backup.js";
import { defaultKekFile } from "../../../engine/vault/kek.js";
import { EngineProcess } from "../../../loadtest/engine-process.js";
import type { Action, Wave } from "../../../schemas/api/api.js";
import type { UnknownPolicy } from "../../../schemas/words.js";
import { given } from "../../engine/registry/samples.js";
import { acceptedBy, EVERYWHERE, tagOf, Whole } from "../../service/whole.js";
import { readLedger } from "../ledger.js";
import { expectNobodyLost } from "../verdict.js";

const PARTICIPANTS = 3_000;
const CARRIERS = ["north", "south"].map((name) => ({ name, entry: { window: 48 }, simulator: { latencyMs: 25 } }));
const TEXT = "Burgernet. Gezocht: grijze Golf. A001";
const OTHER = "Burgernet. Iets heel anders. B001";

const area = (radiusMeters: number) => ({ ...EVERYWHERE, radiusMeters });
const reached = (wave: Wave | undefined): number => (wave ? wave.counts.acknowledged + wave.counts.delivered : 0);

async function startSending(onUnknown: UnknownPolicy): Promise<{ whole: Whole; id: string }> {
  const whole = await Whole.start(PARTICIPANTS, CARRIERS);
  const { id } = await whole.engine.createAction({ area: area(300_000), text: TEXT, onUnknown, dispatch: true });
  await whole.engine.until(id, ({ waves }) => reached(waves[0]) > 300, 5);
  return { whole, id };
}

async function startOn(folder: string, { carriers }: Whole): Promise<EngineProcess> {
  const engine = await EngineProcess.start({ dataFolder: folder, carriers: carriers.map(({ entry }) => entry) });
  onTestFinished(() => engine.stop("SIGKILL"));
  return engine;
}

/** From the start of a service on a past of `id`, which has long been sent, to its end. */
async function expectHeldThenFlagged(folder: string, whole: Whole, id: string): Promise<void> {
  const engine = await startOn(folder, whole);
  const held = await engine.action(id);
  expect(held).toMatchObject({ status: "held", reason: { code: "FOLDER_COPIED" } });
  // The service sends, but nothing of what it finds.
  const other = await engine.createAction({ area: area(20_000), text: OTHER, dispatch: true });
  await engine.until(other.id, ({ status }) => status === "sent");
  expect(reached((await engine.action(id)).waves[0])).toBe(reached(held.waves[0]));
  expect((await engine.request("POST", `/v1/actions/${id}/resume`)).status).toBe(200);
  await engine.until(id, ({ status }) => status === "sent");
  const again = await engine.request<Action>("POST", `/v1/actions/${id}/resume`);
  expect(again.status).toBe(409);
  await engine.stop();
  const logs = whole.carriers.map((carrier) => carrier.log());
  const { waves } = await readLedger(folder, whole.numbers);
  const wave = waves.find(({ stored }) => stored.texts[0]! === TEXT);
  expect(expectNobodyLost(wave!, acceptedBy(logs, tagOf(TEXT)))).toBeGreaterThan(300);
}

it.each(["resend", "hold"] as const)("a backup of mid-dispatch sends nothing by itself (%s)", async (onUnknown) => {
  const { whole, id } = await startSending(onUnknown);
  const backup = join(dirname(whole.folder), "backup");
  given(await backUp(whole.folder, backup));
  await whole.engine.until(id, ({ status }) => status === "sent");
  await whole.engine.stop();
  const restored = join(dirname(whole.folder), "restored");
  const kekFile = defaultKekFile(whole.folder);
  given(await restore(backup, restored, { kekFile }));
  cpSync(kekFile, defaultKekFile(restored));
  await expectHeldThenFlagged(restored, whole, id);
});

it("a copy that nobody restored is as little to be believed", async () => {
  const { whole, id } = await startSending("resend");
  await whole.kill();
  const copy = join(dirname(whole.folder), "copy");
  cpSync(whole.folder, copy, { recursive: true, filter: (source) => !source.endsWith(".sock") });
  cpSync(defaultKekFile(whole.folder), defaultKekFile(copy));
  await whole.startEngine();
  await whole.engine.until(id, ({ status }) => status === "sent");
  await whole.engine.stop();
  await expectHeldThenFlagged(copy, whole, id);
});
