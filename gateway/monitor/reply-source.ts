/** What the stream of replies asks of the engine. */
import type { ReplyChanges } from "../../engine/replies/changes.js";
import type { Principal } from "../../engine/rights/principal.js";
import type { Reply } from "../../schemas/api/action/reply.js";
import type { Result } from "../../schemas/errors.js";

export interface ReplySource {
  readonly changes: Pick<ReplyChanges, "run" | "sequence" | "since" | "note" | "followers">;
  /** Looks once for what ran before this start; each step is short. */
  look(): Generator<void>;
  /** Ids of the actions that run now. */
  running(): string[];
  /** Whether whoever this is reaches the action. */
  reaches(actionId: string, by: Principal): boolean;
  /** With all that belongs to it, as whoever this is may see it; NOT_FOUND. */
  one(actionId: string, place: number, by: Principal): Result<Reply>;
  /** The same of the last one before this place; undefined where there is none. */
  lastBefore(actionId: string, place: number, by: Principal): Reply | undefined;
}
