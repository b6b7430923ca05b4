/**
 * Where the fields of a stored participant are. The generated accessors look each field up for each participant, read a
 * 64-bit number as a BigInt and a location's vector once for each location; together that made the start of the service
 * slower by more than its whole budget for reading. Participants with the same fields share a vtable, so it is read once
 * for a run of them.
 *
 * Assumes what block.ts assumes of the bytes.
 */

/** The fields of table Participant by their place in registry.fbs. */
export const FIELD = {
  number: 0,
  status: 1,
  language: 2,
  locations: 3,
  mail: 4,
  kind: 5,
  name: 6,
  needs: 7,
  pausedUntil: 8,
  joinedDay: 9,
  phone: 10,
  postcodes: 11,
  contacts: 12,
} as const;
const FIELDS = 13;
const SPARSE = [FIELD.mail, FIELD.pausedUntil, FIELD.phone, FIELD.contacts] as const;
/** A vtable begins with its own length and that of the table. */
const VTABLE_HEAD = 4;

/** A block's bytes and where in them the fields of one participant are. */
export class Layout {
  /** Distance of each field from the participant's position; 0 for one that is absent. */
  readonly #offsets = new Uint16Array(FIELDS);
  #vtable = -1;
  #position = 0;
  /** Whether the participant has any of what the columns of a registry do without and a service asks for (Sparse). */
  hasSparse = false;
  readonly view: DataView;

  constructor(readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Position of the vector of participants, and how many there are. */
  participants(): { readonly at: number; readonly count: number } {
    const { view } = this;
    const block = view.getInt32(0, true);
    const vtable = block - view.getInt32(block, true);
    const field = view.getUint16(vtable, true) > VTABLE_HEAD ? view.getUint16(vtable + VTABLE_HEAD, true) : 0;
    if (field === 0) return { at: 0, count: 0 };
    const vector = this.indirect(block + field);
    return { at: vector + 4, count: view.getUint32(vector, true) };
  }

  /** Looks at the participant whose reference is at `at`. */
  look(at: number): void {
    this.#position = this.indirect(at);
    const vtable = this.#position - this.view.getInt32(this.#position, true);
    if (vtable !== this.#vtable) this.#readVtable(vtable);
  }

  #readVtable(vtable: number): void {
    this.#vtable = vtable;
    const present = (this.view.getUint16(vtable, true) - VTABLE_HEAD) / 2;
    for (let field = 0; field < FIELDS; field++) {
      this.#offsets[field] = field < present ? this.view.getUint16(vtable + VTABLE_HEAD + field * 2, true) : 0;
    }
    this.hasSparse = SPARSE.some((field) => this.#offsets[field] !== 0);
  }

  /** Where the field is, or 0 when it has its default. */
  at(field: number): number {
    const offset = this.#offsets[field]!;
    return offset === 0 ? 0 : this.#position + offset;
  }

  byte(field: number): number {
    const at = this.at(field);
    return at === 0 ? 0 : this.bytes[at]!;
  }

  indirect(at: number): number {
    return at + this.view.getInt32(at, true);
  }
}
