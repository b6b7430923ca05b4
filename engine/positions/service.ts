/**
 * What the gateway knows of the positions of phones. Implemented by live-positions.ts.
 */
import type { Result } from "../../schemas/errors.js";

/** What became of a position. Numbers, because there are a hundred thousand a second. */
export const MOVE = {
  taken: 0,
  /** A newer one is there already. */
  older: 1,
  notOptedIn: 2,
  /** Not a longitude and a latitude. */
  impossible: 3,
  /** The time lies ahead. */
  ahead: 4,
  /** It would not be kept any more. */
  tooOld: 5,
  /** No room just now. */
  busy: 6,
} as const;
export type Move = (typeof MOVE)[keyof typeof MOVE];

export interface PositionService {
  /**
   * Takes where the participant's phone was at `atMs`; what is taken counts for the next selection. `nowMs` is the time now.
   * Durable once `settled` says so.
   */
  move(participant: number, lng: number, lat: number, atMs: number, nowMs: number): Move;
  /** Settles when everything that was taken or forgotten before is on the disk; STORE_WRITE_FAILED ends the process. */
  settled(): Promise<Result<void>>;
  /** How many moves there is room for. */
  readonly room: number;
  /** Calls back, later, when there is room again. */
  whenRoom(callback: () => void): void;
}
