/** What the ledger tells whoever has it. */
import type { Problem } from "../../../schemas/errors.js";
import type { CarrierControl } from "../../../schemas/words.js";
import type { Clock } from "../../clock/clock.js";
import type { LiveWave } from "../wave/wave.js";

export interface DispatcherHooks extends Clock {
  /** Every recipient of the wave has been concluded. Called once, when that is durable. */
  onSent(wave: LiveWave): void;
  /** A wave is taken up; nothing of it was granted yet. */
  onOpened?(wave: LiveWave): void;
  /** What operators say of the carrier of this name; without it each is used as its file says. */
  readonly controlOf?: (name: string) => CarrierControl;
  /** The store did not commit: the process must end. */
  onFatal(problem: Problem): void;
  /** The clock got ahead by so much at once: what is to go on only when somebody says so is held before anything is granted. */
  onClockAhead(aheadMs: number): void;
}
