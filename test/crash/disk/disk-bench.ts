/** A supervised service on a disk that is small enough to be filled, with carriers that log to another one. */
import { randomUUID } from "node:crypto";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { STORE } from "../../../schemas/limits.js";
import { Whole } from "../../service/whole.js";
import { temporaryFolder } from "../../temp-folder.js";
import { Supervised } from "../supervised.js";
import { SmallDisk } from "./small-disk.js";

const PARTICIPANTS = 2_500;
const WINDOW = 48;
const DATA_BYTES = 16_777_216;
/** What is free besides the reserve; less than the store would take for its own on top of it. */
const ROOM_BYTES = 16_777_216;
const FILL_AT_COMMIT = pathToFileURL(join(import.meta.dirname, "fill-at-commit.js")).href;
/** For a file system that allocates nothing in advance. */
const NO_FALLOCATE = "#!/bin/sh\necho 'fallocate failed: Operation not supported' >&2\nexit 1\n";

export class DiskBench {
  readonly #ending: { at: () => void };

  private constructor(
    readonly whole: Whole,
    readonly disk: SmallDisk,
    readonly service: Supervised,
    /** Where a FillPlan goes. */
    readonly plan: string,
    ending: { at: () => void },
  ) {
    this.#ending = ending;
  }

  /** `hasRoom`: whether the disk is large enough, and its file system able, to keep a reserve. Undefined: there can be no such disk. */
  static async start(hasRoom: boolean, random: () => number): Promise<DiskBench | undefined> {
    const bytes = DATA_BYTES + STORE.reserveBytes + ROOM_BYTES + (hasRoom ? STORE.reserveStepBytes : 0);
    const disk = await SmallDisk.mount(temporaryFolder(), bytes);
    if (disk === undefined) return undefined;
    const carrier = (name: string) => ({ name, entry: { window: WINDOW } });
    const whole = await Whole.prepare(PARTICIPANTS, [carrier("north"), carrier("south")]);
    cpSync(whole.folder, disk.seen("data"), { recursive: true });
    const beside = (name: string): string => join(whole.folder, name);
    writeFileSync(beside("carriers.json"), JSON.stringify({ carriers: whole.carriers.map(({ entry }) => entry) }));
    mkdirSync(beside("bin"));
    if (!hasRoom) writeFileSync(beside("bin/fallocate"), NO_FALLOCATE, { mode: 0o755 });
    const ending = { at: () => {} };
    const service = new Supervised({
      before: disk.before,
      key: `spk_${randomUUID()}${randomUUID()}`,
      logFile: () => (random() < 0.3 ? disk.seen("log") : undefined),
      onEnd: () => ending.at(),
      env: {
        PATH: `${beside("bin")}:${process.env.PATH}`,
        NODE_OPTIONS: `--import ${FILL_AT_COMMIT}`,
        SEINPOST_TEST_DISK: beside("plan"),
        SEINPOST_DATA: join(disk.path, "data"),
        SEINPOST_KEK_FILE: `${whole.folder}.kek`,
        SEINPOST_CARRIERS: beside("carriers.json"),
        SEINPOST_LOG_LEVEL: "info",
      },
    });
    return new DiskBench(whole, disk, service, beside("plan"), ending);
  }

  /** Called whenever the process has ended, before it is started again. */
  onEnd(callback: () => void): void {
    this.#ending.at = callback;
  }

  /** Carriers of another speed. */
  async vary(random: () => number): Promise<void> {
    const below = (n: number): number => Math.floor(random() * n);
    for (const { simulator } of this.whole.carriers) {
      const rate = random() < 0.5 ? 0 : 800 + below(2_000);
      await simulator.set({ latencyMs: 10 + below(40), rate, receiptDelayMs: below(800) });
    }
  }

  /** The store as it stands, elsewhere: to read it here takes a lock file, for which there may be no room. */
  copyStore(): string {
    const copy = temporaryFolder();
    cpSync(this.disk.seen("data/seinpost.lmdb"), join(copy, "seinpost.lmdb"));
    return copy;
  }
}
