/** Positions of phones as self-service needs them, of those of everybody. */
import { fail, ok, type Result } from "../../schemas/errors.js";
import type { LivePositions } from "../positions/live-positions.js";
import { MOVE } from "../positions/service.js";
import type { SeenPhone } from "../registry/record/profile/profile.js";
import type { PhonePositions } from "./ports.js";

export class LivePhonePositions implements PhonePositions {
  readonly #positions: Pick<LivePositions, "move" | "forget" | "position" | "purge" | "settled">;

  constructor(positions: Pick<LivePositions, "move" | "forget" | "position" | "purge" | "settled">) {
    this.#positions = positions;
  }

  async move(participant: number, [lng, lat]: readonly [number, number], atMs: number): Promise<Result<void>> {
    const moved = this.#positions.move(participant, lng, lat, atMs, atMs);
    if (moved === MOVE.busy) return fail("BUSY", "there is no room for positions just now");
    // A newer one came in between, from the app: that is where the phone is.
    if (moved === MOVE.taken || moved === MOVE.older) return this.#positions.settled();
    return fail("WRONG_STATE", "the position can't be taken");
  }

  async drop(participant: number): Promise<Result<void>> {
    if (this.#positions.position(participant) === undefined) return ok(undefined);
    this.#positions.forget(participant);
    return this.#positions.settled();
  }

  purge(): Promise<Result<void>> {
    return this.#positions.purge();
  }

  seen(participant: number): SeenPhone | undefined {
    return this.#positions.position(participant);
  }
}
