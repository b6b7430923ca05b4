/** What became of the positions of one request: counts, and the first refusals with their place. */
import { MOVE, type Move, type PositionService } from "../../../engine/positions/service.js";
import type { PositionReport } from "../../../schemas/api/position.js";
import type { ErrorCode } from "../../../schemas/errors.js";
import { POSITIONS } from "../../../schemas/limits.js";

const REFUSALS: Readonly<Partial<Record<Move, readonly [ErrorCode, string]>>> = {
  [MOVE.notOptedIn]: ["NOT_OPTED_IN", "/participant: Did not ask to be reached where the phone is"],
  [MOVE.impossible]: ["INVALID_FIELD", "/position: A longitude from -180 to 180 and a latitude from -90 to 90"],
  [MOVE.ahead]: ["INVALID_FIELD", `/at: More than ${POSITIONS.aheadMs / 1_000} s ahead`],
  [MOVE.tooOld]: ["INVALID_FIELD", `/at: More than ${POSITIONS.keepMinutes} minutes old`],
  [MOVE.busy]: ["BUSY", "No room just now; send it again"],
};

export class PositionTally {
  #taken = 0;
  #older = 0;
  #refused = 0;
  readonly #refusals: { at: number; code: ErrorCode; reason: string }[] = [];
  readonly #service: PositionService;

  constructor(service: PositionService) {
    this.#service = service;
  }

  /** `place` is what a refusal is reported by; `atMs` NaN: now. */
  take(place: number, participant: number, lng: number, lat: number, atMs: number, nowMs: number): void {
    const move = this.#service.move(participant, lng, lat, Number.isNaN(atMs) ? nowMs : atMs, nowMs);
    if (move === MOVE.taken) this.#taken++;
    else if (move === MOVE.older) this.#older++;
    else this.refuse(place, ...REFUSALS[move]!);
  }

  refuse(place: number, code: ErrorCode, reason: string): void {
    this.#refused++;
    if (this.#refusals.length < POSITIONS.reportedRefusals) this.#refusals.push({ at: place, code, reason });
  }

  report(): PositionReport {
    const refusals = this.#refusals.sort((one, other) => one.at - other.at);
    return { taken: this.#taken, older: this.#older, refused: this.#refused, refusals };
  }
}
