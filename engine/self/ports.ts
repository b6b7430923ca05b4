/** What self-service needs from outside: the registry, and positions of phones; to send a code it needs a code-channel.ts. */
import type { AuditRecord } from "../../schemas/api/audit.js";
import type { Result } from "../../schemas/errors.js";
import type { Participant } from "../registry/record/participant.js";
import type { SeenPhone } from "../registry/record/profile/profile.js";

/** Of the live registry (engine/registry/live). Main thread; nothing is durable before `settled`. */
export interface SelfRegistry {
  get(participant: number): Result<Participant | undefined>;
  /** Lowest participant number first. */
  byNumber(number: number): readonly number[];
  byMail(mail: string): readonly number[];
  /** Highest participant number plus one. */
  readonly rows: number;
  add(participant: Participant): Result<number>;
  change(
    participant: number,
    change: (participant: Participant) => Participant,
    options: { readonly byThemselves: true } | { readonly follows: true },
  ): Result<Participant>;
  erase(participant: number): Result<void>;
  settled(): Promise<Result<void>>;
}

/** What was done to a participant, and by whom: of the trail (engine/audit). */
export type RecordsAbout = (participant: number) => Generator<void, AuditRecord[]>;

/** Of who wants to be found where the phone is. */
export interface PhonePositions {
  /** Settles when it is durable. */
  move(participant: number, position: readonly [lng: number, lat: number], atMs: number): Promise<Result<void>>;
  /** Forgotten at once; settles when that is durable. */
  drop(participant: number): Promise<Result<void>>;
  /** Settles when nothing on the disk can be read of what was forgotten before. */
  purge(): Promise<Result<void>>;
  seen(participant: number): SeenPhone | undefined;
}
