/**
 * After other boundaries or another population were imported, what was derived from those before is derived again: the position
 * of every location that was given as a postcode, and every location's municipality. A job in slices, beside everything else, with
 * rests between, for nobody waits for it. How far it is lies in the store, behind the changes themselves, so that a crash costs one
 * portion, which comes out the same the second time. Who joins or moves meanwhile is placed by the new files anyway.
 *
 * Where no boundaries were imported, a location's municipality is what its file or the nearest place said, and stays so unless it
 * moves; so it does where the new ones have nobody living, which is more likely the outline's fault than the person's. A postcode
 * that is gone from the file leaves its people where they were.
 */
import { setTimeout } from "node:timers/promises";
import { fail, ok, type Problem, type Result } from "../../schemas/errors.js";
import { MUNICIPALITY, THREAD } from "../../schemas/limits.js";
import { formatPostcode } from "../geo/postcode.js";
import type { Participant, ParticipantLocation } from "../registry/record/participant.js";
import type { Store } from "../store/store.js";
import type { Municipalities, Registry } from "./ports.js";

const KEY = Buffer.from("municipalities");

/** By what locations are where they are: a registry, and the files that were imported. */
interface Derivation {
  readonly generation: number;
  /** Null, as the next one, where none were imported. */
  readonly boundaries: string | null;
  /** Absent in progress of before positions were derived again. */
  readonly population?: string | null;
}

/** JSON; by what everybody below `next` is placed, or everybody at all. */
interface Progress extends Derivation {
  readonly next: number | null;
}

export interface RenewalParts {
  readonly store: Pick<Store, "table" | "commit">;
  readonly registry: Pick<Registry, "get" | "change" | "settled"> & { readonly generation: number };
  readonly places: Municipalities;
  /** Highest participant number plus one, of those who were there at the start. */
  readonly rows: number;
  /** Told of what was done, once at the end; nothing where there was nothing to do. */
  readonly onDone?: (changed: number) => void;
  readonly onFatal: (problem: Problem) => void;
}

export class Renewal {
  #stopping = false;
  #running: Promise<void> = Promise.resolve();
  #changed = 0;
  readonly #parts: RenewalParts;

  constructor(parts: RenewalParts) {
    this.#parts = parts;
  }

  /** Begins, or goes on, if the files are others than those of last time. */
  begin(): void {
    const { places, registry } = this.#parts;
    const [boundaries, population] = [places.boundariesId ?? null, places.populationId ?? null];
    if (boundaries === null && population === null) return;
    const { generation } = registry;
    const before = this.#read();
    const isSameFiles = before?.boundaries === boundaries && before.population === population;
    const next = isSameFiles && before.generation === generation ? before.next : 0;
    if (next !== null) this.#running = this.#run({ generation, boundaries, population }, next);
  }

  /** Settles when nothing more is changed; what is left is done after the next start. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running;
  }

  /** Settles when it is through, or was stopped. */
  done(): Promise<void> {
    return this.#running;
  }

  /** One that can't be read counts as none: all of it is done again. */
  #read(): Progress | undefined {
    const stored = this.#parts.store.table("meta").get(KEY);
    return stored.ok && stored.value ? (JSON.parse(Buffer.from(stored.value).toString()) as Progress) : undefined;
  }

  async #run(by: Derivation, from: number): Promise<void> {
    const { rows } = this.#parts;
    for (let next = from; next < rows && !this.#stopping; ) {
      const to = Math.min(rows, next + MUNICIPALITY.renewedAtOnce);
      const renewed = await this.#portion(next, to);
      // Stopped in the middle of it: it is done again.
      if (this.#stopping) return;
      const kept = renewed.ok ? await this.#keep({ ...by, next: to === rows ? null : to }) : renewed;
      if (!kept.ok) return this.#parts.onFatal(kept.problem);
      next = to;
    }
    if (!this.#stopping && rows > 0) this.#parts.onDone?.(this.#changed);
  }

  async #portion(from: number, to: number): Promise<Result<void>> {
    let untilMs = performance.now() + THREAD.sliceMs;
    for (let participant = from; participant < to && !this.#stopping; ) {
      const renewed = this.#renew(participant);
      if (!renewed.ok && renewed.problem.code !== "BUSY") return renewed;
      if (renewed.ok) participant++;
      if (renewed.ok && performance.now() < untilMs) continue;
      await setTimeout(renewed.ok ? MUNICIPALITY.restMs : MUNICIPALITY.busyMs);
      untilMs = performance.now() + THREAD.sliceMs;
    }
    return ok(undefined);
  }

  #renew(participant: number): Result<void> {
    const { registry } = this.#parts;
    const found = registry.get(participant);
    if (!found.ok || found.value === undefined) return found.ok ? ok(undefined) : found;
    if (found.value.locations.every((location) => this.#placed(location) === location)) return ok(undefined);
    const changed = registry.change(participant, (now) => this.#renewed(now));
    if (!changed.ok) return changed.problem.code === "NOT_FOUND" ? ok(undefined) : changed;
    this.#changed++;
    return ok(undefined);
  }

  #renewed(now: Participant): Participant {
    return { ...now, locations: now.locations.map((location) => this.#placed(location)) };
  }

  /** The very same where nothing changes. */
  #placed(location: ParticipantLocation): ParticipantLocation {
    const { places } = this.#parts;
    const [lng, lat] = this.#positionOf(location);
    const isMoved = lng !== location.lng || lat !== location.lat;
    const isKnown = places.boundaries !== undefined || isMoved;
    const municipality = (isKnown ? places.municipalityAt(lng, lat) : undefined) ?? location.municipality;
    return isMoved || municipality !== location.municipality ? { ...location, lng, lat, municipality } : location;
  }

  #positionOf({ lng, lat, postcode }: ParticipantLocation): readonly [lng: number, lat: number] {
    const derived = postcode === 0 ? undefined : this.#parts.places.positionOfPostcode(formatPostcode(postcode));
    return derived?.ok ? derived.value : [lng, lat];
  }

  async #keep(progress: Progress): Promise<Result<void>> {
    const settled = await this.#parts.registry.settled();
    if (!settled.ok) return settled;
    const { store } = this.#parts;
    const kept = await store.commit(() => void store.table("meta").put(KEY, Buffer.from(JSON.stringify(progress))));
    return kept.ok ? ok(undefined) : fail("STORE_WRITE_FAILED", kept.problem.detail);
  }
}
