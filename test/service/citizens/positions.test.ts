/** Phones in the service as a user has it: told over HTTP, counted by the next preview, there after a kill. */
import { expect, onTestFinished, test } from "vitest";
import { LOCAL } from "../../../engine/audit/actor.js";
import { Trail } from "../../../engine/audit/trail.js";
import { MACHINE_CLOCK } from "../../../engine/clock/clock.js";
import { loadRegistry } from "../../../engine/registry/columns/load.js";
import { Keys } from "../../../engine/rights/keys.js";
import { startSimulatedCarrier } from "../../../loadtest/carrier/process.js";
import { EngineProcess } from "../../../loadtest/engine-process.js";
import { generate } from "../../../loadtest/registry/generate.js";
import type { Preview } from "../../../schemas/api/api.js";
import { given, withStore } from "../../engine/registry/samples.js";
import { temporaryFolder } from "../../temp-folder.js";

const PHONES = 300;
/** In the North Sea, where nobody lives. */
const AT_SEA = [3.2, 53.5] as const;

async function prepare(): Promise<{ folder: string; key: string; phones: number[] }> {
  const folder = temporaryFolder();
  given(await generate(folder, { participants: 2_000, phones: PHONES }));
  const { sparse } = given(await loadRegistry(folder));
  const app = { name: "app", scopes: ["positions"] } as const;
  const made = await withStore(folder, (store) =>
    new Keys(store, MACHINE_CLOCK, new Trail(store, Date.now)).create(app, LOCAL),
  );
  const key = given(made).secret;
  const phones = [...sparse.phones].filter((_, at) => at % 3 === 0);
  return { folder, key, phones };
}

test("where a phone is counts for the next selection, is kept through a kill, and is nobody else's", async () => {
  const { folder, key, phones } = await prepare();
  expect(phones).toHaveLength(PHONES);
  const { entry, simulator } = await startSimulatedCarrier({ name: "alpha" });
  onTestFinished(() => simulator.stop());
  const start = async (): Promise<EngineProcess> => {
    const engine = await EngineProcess.start({ dataFolder: folder, carriers: [entry] });
    onTestFinished(() => engine.stop("SIGKILL"));
    return engine;
  };
  const atSea = async (engine: EngineProcess): Promise<number | null> => {
    const area = { type: "Circle", center: AT_SEA, radiusMeters: 5_000 };
    return (await engine.request<Preview>("POST", "/v1/previews", { area })).body.channels.push;
  };
  const tell = async (engine: EngineProcess, lines: readonly string[]) => {
    const answer = await fetch(`http://127.0.0.1:${engine.port}/v1/positions/stream`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/x-ndjson" },
      body: lines.join("\n"),
    });
    return (await answer.json()) as object;
  };
  const first = await start();
  expect(await atSea(first), "nobody, or too few to tell").toBeNull();
  const line = (participant: number) => JSON.stringify({ participant, position: AT_SEA });
  const stranger = Array.from({ length: 2_000 }, (_, one) => one).find((one) => !phones.includes(one))!;
  const told = await tell(first, [...phones.map(line), line(stranger)]);
  expect(told).toMatchObject({ taken: PHONES, refused: 1, refusals: [{ at: PHONES + 1, code: "NOT_OPTED_IN" }] });
  expect(await atSea(first)).toBe(PHONES);
  first.child.kill("SIGKILL");
  await first.stop("SIGKILL");
  const second = await start();
  expect(await atSea(second)).toBe(PHONES);
});
