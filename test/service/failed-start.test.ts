/** A start that fails lets go of all that it took: one that follows in the same process, on the same folder, works. */
import { rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import pino from "pino";
import { expect, it, onTestFinished } from "vitest";
import { type ServiceOptions, startService } from "../../gateway/service.js";
import { generate } from "../../loadtest/registry/generate.js";
import { given, withStore } from "../engine/registry/samples.js";
import { temporaryFolder } from "../temp-folder.js";

/** What makes a start fail, and what takes that away again. */
type Obstacle = (folder: string) => Promise<{ options: Partial<ServiceOptions>; remove: () => unknown }>;

const obstacles: readonly [string, string, Obstacle][] = [
  ["a proxy that is none", "CONFIGURATION_INVALID", async () => withoutTrace({ trustedProxy: "nobody" })],
  ["a port that is taken", "CONFIGURATION_INVALID", takenPort],
  ["the key of another folder", "KEY_WRONG", otherKey],
  ["a block of the registry that is damaged", "STORE_CORRUPT", damagedBlock],
];

it.each(obstacles)("after %s the folder is free for the next start", async (_, code, obstacle) => {
  const folder = temporaryFolder();
  given(await generate(folder, { participants: 300 }));
  const { options, remove } = await obstacle(folder);
  const failed = await startService({ ...optionsOf(folder), ...options });
  expect(failed).toMatchObject({ ok: false, problem: { code } });
  await remove();
  const service = given(await startService(optionsOf(folder)));
  expect([service.participants, service.generated]).toEqual([300, true]);
  await service.close();
});

function optionsOf(dataFolder: string): ServiceOptions {
  const basic = { host: "127.0.0.1", port: 0, carriers: [], apiKey: undefined, kekFile: undefined };
  const onFatal = ({ detail }: { detail: string }) => expect.fail(detail);
  return { ...basic, dataFolder, log: pino({ level: "silent" }), onFatal };
}

function withoutTrace(options: Partial<ServiceOptions>) {
  return { options, remove: () => undefined };
}

async function takenPort() {
  const other = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => other.once("listening", resolve));
  onTestFinished(() => void other.close());
  return withoutTrace({ port: (other.address() as { port: number }).port });
}

async function otherKey(folder: string) {
  const kekFile = `${folder}.other`;
  writeFileSync(kekFile, "f0".repeat(32), { mode: 0o600 });
  return { options: { kekFile }, remove: () => rmSync(kekFile) };
}

/** Sealed as a record is, so that only its own key shows that it is not what was written. */
async function damagedBlock(folder: string) {
  let key: Buffer = Buffer.alloc(0);
  let value: Buffer = Buffer.alloc(0);
  await withStore(folder, async (store) => {
    const table = store.table("participants");
    for (const each of table.range()) [key, value] = [each.key, given(each.value)];
    given(await store.commit(() => void table.put(key, Buffer.alloc(value.length, 1))));
  });
  const remove = () =>
    withStore(folder, async (store) => {
      given(await store.commit(() => void store.table("participants").put(key, value)));
    });
  return { options: {}, remove };
}
