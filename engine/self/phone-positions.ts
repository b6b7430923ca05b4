/** Positions of phones as self-service needs them, of the desk that has them all. */
import { fail, ok, type Result } from "../../schemas/errors.js";
import type { PositionDesk } from "../positions/desk.js";
import { MOVE } from "../positions/service.js";
import type { SeenPhone } from "../registry/record/profile.js";
import type { PhonePositions } from "./faces.js";

export class DeskPositions implements PhonePositions {
  readonly #desk: Pick<PositionDesk, "move" | "forget" | "position" | "purge" | "settled">;

  constructor(desk: Pick<PositionDesk, "move" | "forget" | "position" | "purge" | "settled">) {
    this.#desk = desk;
  }

  async move(participant: number, [lng, lat]: readonly [number, number], atMs: number): Promise<Result<void>> {
    const moved = this.#desk.move(participant, lng, lat, atMs, atMs);
    if (moved === MOVE.busy) return fail("BUSY", "there is no room for positions just now");
    // A newer one came in between, from the app: that is where the phone is.
    if (moved === MOVE.taken || moved === MOVE.older) return this.#desk.settled();
    return fail("WRONG_STATE", "the position can't be taken");
  }

  async drop(participant: number): Promise<Result<void>> {
    if (this.#desk.position(participant) === undefined) return ok(undefined);
    this.#desk.forget(participant);
    return this.#desk.settled();
  }

  purge(): Promise<Result<void>> {
    return this.#desk.purge();
  }

  seen(participant: number): SeenPhone | undefined {
    return this.#desk.position(participant);
  }
}
