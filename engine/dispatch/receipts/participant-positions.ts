/**
 * From a participant to the position in a wave's roster, for those few positions where a receipt can only be found by its
 * number: the response with the message_id was lost, or had none. Usually empty; open addressing over the roster itself, so
 * that a carrier that never gives a message_id costs 8 bytes a recipient, not a Map's 60. Positions are never taken out.
 */
const FIRST_SLOTS = 64;

export class ParticipantPositions {
  /** Position + 1. */
  #table = new Uint32Array(0);
  #used = 0;
  readonly #roster: Uint32Array;

  /** `roster`: participant numbers by position; a participant has one position. */
  constructor(roster: Uint32Array) {
    this.#roster = roster;
  }

  add(position: number): void {
    if (this.#used * 2 >= this.#table.length) this.#grow();
    const at = this.#place(this.#roster[position]!);
    if (this.#table[at] !== 0) return;
    this.#table[at] = position + 1;
    this.#used++;
  }

  /** The participant's position, or -1 when it is not among these. */
  find(participant: number): number {
    return this.#used === 0 ? -1 : this.#table[this.#place(participant)]! - 1;
  }

  /** Where the participant stands, or the free slot where it belongs. Half of the slots are free, so walks are short. */
  #place(participant: number): number {
    const mask = this.#table.length - 1;
    let at = (Math.imul(participant, 0x9e3779b1) >>> 7) & mask;
    while (this.#table[at] !== 0 && this.#roster[this.#table[at]! - 1] !== participant) at = (at + 1) & mask;
    return at;
  }

  #grow(): void {
    const before = this.#table;
    this.#table = new Uint32Array(Math.max(FIRST_SLOTS, before.length * 2));
    for (const entry of before) if (entry !== 0) this.#table[this.#place(this.#roster[entry - 1]!)] = entry;
  }
}
