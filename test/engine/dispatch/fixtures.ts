/** What the tests of dispatch share beside bare-fixtures.ts: a store in a folder of its own, clocks, people, a seeded source of chance. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Clock } from "../../../engine/clock/clock.js";
import type { Dispatcher } from "../../../engine/dispatch/ledger/dispatcher.js";
import type { DispatcherHooks } from "../../../engine/dispatch/ledger/dispatcher-hooks.js";
import { type Recovered, recover } from "../../../engine/dispatch/ledger/recovery.js";
import type { WaveStore } from "../../../engine/dispatch/ledger/wave-store.js";
import { surveyWaves } from "../../../engine/dispatch/ledger/wave-survey.js";
import { People } from "../../../engine/dispatch/receipts/people.js";
import type { Run } from "../../../engine/dispatch/wave/queue.js";
import { GOES } from "../../../engine/dispatch/wave/standing.js";
import type { LiveWave } from "../../../engine/dispatch/wave/wave.js";
import { NumberIndex } from "../../../engine/registry/columns/number-index.js";
import { Store } from "../../../engine/store/store.js";
import { Vault } from "../../../engine/vault/vault.js";
import { assert, ok, type Result } from "../../../schemas/errors.js";
import type { TextNumbers } from "../../../schemas/text-numbers.js";
import { seeded } from "../../random.js";

export class TemporaryFolder {
  readonly path = join(mkdtempSync(join(tmpdir(), "seinpost-dispatch-")), "data");

  open(): Store {
    const opened = Store.open(this.path);
    assert(opened.ok, "the store opens");
    return opened.value;
  }

  remove(): void {
    rmSync(dirname(this.path), { recursive: true, force: true });
  }
}

/** A vault over a store of a test that has no use for the key itself. */
export function vaultOf(store: Store): Vault {
  const opened = Vault.open(store, Buffer.alloc(32, 7));
  assert(opened.ok, "the vault opens");
  return opened.value;
}

/** As after a restart: every wave that may live goes on. */
export async function recoverAll(waves: WaveStore, dispatcher: Dispatcher): Promise<Result<Recovered>> {
  const survey = surveyWaves(waves, 0);
  assert(survey.ok, "no later program wrote it");
  const recovered = await recover({ waves, dispatcher, registry: 1, standingOf: () => ok(GOES) }, survey.value.living);
  dispatcher.start();
  return recovered;
}

/** A clock that nobody sets, of which both faces show the same. */
export function clockOf(now: () => number): Clock & Pick<DispatcherHooks, "onClockAhead"> {
  return { now, steadyMs: now, onClockAhead: () => {} };
}

/** Text numbers below `texts` by chance; undefined where there is one. */
export function textNumbersOf(count: number, texts: number, seed = 1): TextNumbers {
  if (texts === 1) return undefined;
  const next = seeded(seed);
  const numbers = new Uint8Array(new SharedArrayBuffer(count));
  for (let position = 0; position < count; position++) numbers[position] = Math.floor(next() * texts);
  return numbers;
}

/** Participant p has number `numberOf(p)`, up to `count` of them; nobody has any without it. */
export function peopleOf(count = 0, numberOf = (participant: number): number => 31_600_000_000 + participant): People {
  return peopleWith(Float64Array.from({ length: count }, (_, participant) => numberOf(participant)));
}

export function peopleWith(numbers: Float64Array): People {
  return new People(1, numbers, new NumberIndex(numbers));
}

/** The next run of a wave, from whichever of its lanes has one. */
export function takeAny(wave: LiveWave, limit: number): Run | null {
  for (const lane of wave.queue.lanes) {
    const run = wave.queue.take(lane, limit);
    if (run !== null) return run;
  }
  return null;
}

/** Settles when `condition` holds; the test's own time limit is what ends it otherwise. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}
