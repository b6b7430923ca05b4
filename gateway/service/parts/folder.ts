/** The data folder of the service: its own alone, looked over, open, and with a registry in it. A part of service.ts. */
import type { Logger } from "pino";
import { MACHINE_CLOCK } from "../../../engine/clock/clock.js";
import { ensureRegistry, type MakeRegistry } from "../../../engine/registry/ensure.js";
import { type DataFolder, openDataFolder } from "../../../engine/registry/open.js";
import { lockFolder } from "../../../engine/store/lock.js";
import { makePrivate } from "../../../engine/store/private.js";
import { probeStore } from "../../../engine/store/probe.js";
import { KEK_MADE } from "../../../engine/vault/kek.js";
import type { Problem, Result } from "../../../schemas/errors.js";
import type { Closing } from "../closing.js";

export interface FolderOptions {
  readonly dataFolder: string;
  readonly kekFile: string | undefined;
  /** What an empty data folder begins with; a registry of nobody when absent. */
  readonly makeRegistry?: MakeRegistry;
  readonly log: Logger;
  readonly onFatal: (problem: Problem) => void;
}

/** The data folder, locked, looked over and with a registry in it. */
export async function openFolder(options: FolderOptions, closing: Closing): Promise<Result<DataFolder>> {
  const { dataFolder, kekFile, log, onFatal } = options;
  const locked = await lockFolder(dataFolder, onFatal);
  if (!locked.ok) return locked;
  closing.add(locked.value);
  const mended = makePrivate(dataFolder);
  if (!mended.ok) return mended;
  if (mended.value.length > 0)
    log.warn({ mended: mended.value }, "others could open what is the service's own; not any more");
  const probed = probeStore(dataFolder);
  if (!probed.ok) return probed;
  const opened = openDataFolder(dataFolder, { kekFile, onKekMade: (file) => log.warn({ file }, KEK_MADE) });
  if (!opened.ok) return opened;
  closing.add(() => opened.value.store.close());
  const kept = await opened.value.store.space.keepReserve(MACHINE_CLOCK.steadyMs());
  if (!kept.ok) log.warn(kept.problem, "a disk that gets full may end the service: it has no room of its own");
  const ensured = await ensureRegistry(opened.value, options.makeRegistry);
  if (!ensured.ok) return ensured;
  opened.value.store.onDamaged = (table, key) => log.error({ table, key }, "a stored record fails its checksum");
  return opened;
}
