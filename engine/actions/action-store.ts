/**
 * Actions at rest: JSON by action id, with its version in front, or without one as it was before there was one. Ids are UUIDs of
 * version 7, so their order is the order of creation. What a start has to know of an action that is over it tells from the
 * record's text alone (engine/store/glimpse.ts).
 */
import { assert, fail, ok, type Result } from "../../schemas/errors.js";
import { API, DISPATCH } from "../../schemas/limits.js";
import { ACTION_STATUSES, type ActionKind, type ActionStatus, type ActionWaveKind } from "../../schemas/words.js";
import type { Standing } from "../dispatch/wave/standing.js";
import { numberIn, wordIn } from "../store/glimpse.js";
import { idBytes, idOf } from "../store/keys/id-key.js";
import type { Store, Table } from "../store/store.js";
import { knownVersion } from "../store/version.js";
import type { FilledRequest } from "./kinds/filled.js";
import { type ActionRecord, type ActionWave, isUnderWay } from "./record.js";
import { recordText } from "./record-text.js";

/**
 * 4: kinds of a catalogue, each like one of ACTION_KINDS; until then a kind was one of those. 3: drafts that are edited and copied, approved, and
 * start at a set time; rounds, and waves of other kinds than the first and the ending; what is of before has none. 2: waves as objects. Until then
 * an action had a list of their numbers, `waveIds`, of which the first was that of who was asked and the second that of who was thanked, both by SMS.
 */
const VERSION = 4;

/** Of actions of before each kind had a life of its own. */
const LIFE_MINUTES = API.expiresHoursDefault * 60;

export interface ActionRecords {
  readonly records: readonly ActionRecord[];
  readonly next: string | null;
}

export class ActionStore {
  /** Each is called with each record in the commit that it is put into, before that. */
  readonly onPut: ((record: ActionRecord) => void)[] = [];
  readonly #table: Table;

  constructor(store: Store) {
    this.#table = store.table("actions");
  }

  /** Puts into the running commit. */
  put(record: ActionRecord): void {
    for (const told of this.onPut) told(record);
    const text = recordText(VERSION, record);
    assert(statusIn(text) === record.status, "an action's text says its status");
    void this.#table.put(idBytes(record.id), Buffer.from(text));
  }

  get(id: string): Result<ActionRecord> {
    const key = idBytes(id);
    // What is no UUID is no key either: LMDB throws at an empty one.
    const stored = key.length === 16 ? this.#table.get(key) : ok(undefined);
    if (!stored.ok) return stored;
    if (stored.value === undefined) return fail("NOT_FOUND", "there is no action with this id", "id");
    return this.#recordIn(stored.value, id);
  }

  /** Keys from `start` (inclusive) to `end` (exclusive), in the order in which their actions were made. */
  keys(start: Buffer | undefined, end: Buffer): Iterable<Buffer> {
    return this.#table.keys(start, end);
  }

  /** As `get`, of a key. */
  at(key: Buffer): Result<ActionRecord> {
    return this.get(idOf(key));
  }

  /** Told without decoding it; undefined where its record can't tell. */
  statusOf(id: string): ActionStatus | undefined {
    const stored = this.#table.get(idBytes(id));
    return stored.ok && stored.value ? statusIn(stored.value.toString("latin1")) : undefined;
  }

  /** How the waves of an action are taken up after a restart. */
  standingOf(actionId: string): Result<Standing> {
    const record = this.get(actionId);
    if (!record.ok) return record;
    return ok({ held: record.value.status === "held", doubted: record.value.doubted ?? false });
  }

  /** Takes it out in the running commit. */
  remove(id: string): void {
    void this.#table.remove(idBytes(id));
  }

  /** Oldest first. */
  *oldest(): Generator<Result<ActionRecord>> {
    for (const { key, value } of this.#table.range()) {
      yield value.ok ? this.#recordIn(value.value, idOf(key)) : value;
    }
  }

  /** Newest first. */
  *newest(): Generator<Result<ActionRecord>> {
    for (const { key, value } of this.#table.range(undefined, undefined, true)) {
      yield value.ok ? this.#recordIn(value.value, idOf(key)) : value;
    }
  }

  /**
   * Newest first, from behind `after`: so many at most, and API.pageBytes together, or one alone that is longer. One that is damaged
   * can't be shown, and the store has told of it: it hides no other. `next`: the last one's id, where more follow.
   */
  page(after: string | undefined, limit: number): ActionRecords {
    const start = after === undefined ? undefined : idBytes(after);
    const records: ActionRecord[] = [];
    let bytes = 0;
    for (const { key, value } of this.#table.range(start, undefined, true)) {
      if (start?.equals(key) || !value.ok) continue;
      bytes += value.value.length;
      const isFull = records.length === limit || (records.length > 0 && bytes > API.pageBytes);
      if (isFull) return { records, next: records.at(-1)!.id };
      const record = this.#recordIn(value.value, idOf(key));
      if (record.ok) records.push(record.value);
    }
    return { records, next: null };
  }

  /** Newest first; a status is undefined where the record fails its checksum, or is not what one has to be. */
  *statuses(): Generator<{ id: string; status: ActionStatus | undefined }> {
    for (const { key, value } of this.#table.range(undefined, undefined, true)) {
      yield { id: idOf(key), status: value.ok ? statusIn(value.value.toString("latin1")) : undefined };
    }
  }

  /**
   * What a start has to take up, newest first: whatever is under way, or may be because its record can't be read, and of those that
   * have failed as many as are shown. Every record's checksum is held against it. STORE_UNUSABLE, naming the record, where a later
   * program wrote one.
   */
  toTakeUp(): Result<string[]> {
    const ids: string[] = [];
    let failed = 0;
    for (const { id, status } of this.statuses()) {
      const read = status === undefined ? this.get(id) : undefined;
      if (read?.ok === false && read.problem.code === "STORE_UNUSABLE") return read;
      const isShown = status === "failed" && ++failed <= DISPATCH.failedShown;
      if (status === undefined || isUnderWay({ status }) || isShown) ids.push(id);
    }
    return ok(ids);
  }

  /** Actions of before there was an urgency were all of the normal one; why one had failed was not kept at first. */
  #recordIn(bytes: Buffer, id: string): Result<ActionRecord> {
    const { version = 0, waveIds = [], ...record } = this.#table.decode(bytes) as ActionRecord & Older;
    const known = knownVersion(version, VERSION, `actions/${id}`);
    if (!known.ok) return known;
    const {
      mode = "actual",
      urgency = "normal",
      like = record.request.kind as ActionKind,
      lifeMinutes = LIFE_MINUTES,
    } = record.request;
    // They were asked with all that they have.
    const { asked = askedOfOld(record.request) } = record.request;
    const request = { ...record.request, mode, urgency, like, lifeMinutes, asked };
    const waves = version < 2 ? wavesOf(waveIds, record.status) : record.waves;
    // Until version 3 every action was made at once, and began when it was dispatched.
    const { revision = 1, copyOf = null, startAtMs = null } = record as Partial<ActionRecord>;
    return ok({ ...record, revision, copyOf, startAtMs, waves, reason: record.reason ?? null, request });
  }
}

function askedOfOld({ area: _, ...request }: FilledRequest): FilledRequest["asked"] {
  return request;
}

/** What records of before have, and those of now lack. */
interface Older {
  readonly version?: number;
  readonly waveIds?: readonly number[];
}

/** The two waves that an action could have then. */
const OLD_KINDS = ["first", "ending"] as const satisfies readonly ActionWaveKind[];

/** Whether a wave was concluded was not kept; where the status does not tell, the ledger does once it is looked up. */
function wavesOf(waveIds: readonly number[], status: ActionStatus): ActionWave[] {
  const isSent = status === "sent" || status === "ended";
  return waveIds.slice(0, OLD_KINDS.length).map((id, at) => ({
    ...{ id, kind: OLD_KINDS[at]!, channel: "sms" },
    state: isSent || at < waveIds.length - 1 ? "concluded" : "sending",
  }));
}

function statusIn(text: string): ActionStatus | undefined {
  if ((numberIn(text, '"version":') ?? 0) > VERSION) return undefined;
  const word = wordIn(text, '"status":');
  return ACTION_STATUSES.find((status) => status === word);
}
