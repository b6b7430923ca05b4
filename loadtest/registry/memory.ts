/** Collects generated people in shared columns, without a store: the same as loading a registry of them. */

import type { LoadedRegistry } from "../../engine/registry/columns/columns.js";
import { emptyRegistry } from "../../engine/registry/columns/load.js";
import { rowsOf } from "../../engine/registry/columns/load-worker.js";
import { TermsTable } from "../../engine/registry/record/terms.js";
import type { ParticipantSink } from "../../engine/registry/record/writer.js";
import { assert } from "../../schemas/errors.js";

/** Home, work and another: the generator draws no more. */
const LOCATIONS_EACH = 3;

export class MemorySink implements ParticipantSink {
  readonly terms = new TermsTable();
  readonly #columns: LoadedRegistry;
  readonly #rows: ReturnType<typeof rowsOf>;
  #participant = -1;
  #locations = 0;

  constructor(participants: number) {
    const locations = participants * LOCATIONS_EACH;
    this.#columns = emptyRegistry({
      generation: 0,
      generated: true,
      rows: participants,
      locations,
      terms: new Uint32Array(0),
    });
    this.#rows = rowsOf(this.#columns);
  }

  participant(row: number, number: number, status: number, language: number): void {
    this.#participant = row;
    this.#rows.numbers[row] = number;
    this.#rows.status[row] = status;
    this.#rows.language[row] = language;
  }

  location(lng: number, lat: number, channels: number, terms: number, municipality: number): void {
    const rows = this.#rows;
    const at = this.#locations++;
    assert(at < rows.lng.length, "there is room for every location");
    rows.lng[at] = lng;
    rows.lat[at] = lat;
    rows.participant[at] = this.#participant;
    rows.channels[at] = channels;
    rows.terms[at] = terms;
    rows.municipality[at] = municipality;
  }

  registry(): LoadedRegistry {
    const { locations } = this.#columns;
    const count = this.#locations;
    const words = this.terms.words();
    const terms = new SharedArrayBuffer(words.byteLength);
    new Uint32Array(terms).set(words);
    return {
      ...this.#columns,
      terms,
      locations: {
        count,
        lng: locations.lng.slice(0, count * 8),
        lat: locations.lat.slice(0, count * 8),
        participant: locations.participant.slice(0, count * 4),
        channels: locations.channels.slice(0, count * 2),
        terms: locations.terms.slice(0, count * 2),
        municipality: locations.municipality.slice(0, count * 2),
      },
    };
  }
}
