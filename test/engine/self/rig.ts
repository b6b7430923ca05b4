/**
 * Self-service on a registry in memory that refuses what the live one refuses, with a clock that the test sets and codes that
 * the test reads as whoever they were sent to.
 */

import { Proposals } from "../../../engine/proposals/proposals.js";
import { isClaimed } from "../../../engine/registry/record/contact-marks.js";
import type { Participant } from "../../../engine/registry/record/participant.js";
import { newParticipant, type SeenPhone } from "../../../engine/registry/record/profile/profile.js";
import type { Places } from "../../../engine/registry/record/profile/wishes.js";
import type { CodeChannel, CodeMessage } from "../../../engine/self/code-channel.js";
import { Destinations } from "../../../engine/self/codes/destinations.js";
import { contactText } from "../../../engine/self/contact.js";
import { AskedOfOne } from "../../../engine/self/own-asked.js";
import { ParticipantService } from "../../../engine/self/participant-service.js";
import type { PhonePositions, SelfRegistry } from "../../../engine/self/ports.js";
import type { RandomSource } from "../../../engine/self/secrets.js";
import type { Store } from "../../../engine/store/store.js";
import type { AuditRecord } from "../../../schemas/api/audit.js";
import { CODE_COUNTRIES, type CodeSent, type ContactOutcome, type SelfSession } from "../../../schemas/api/self.js";
import { fail, ok, type Problem, type Result } from "../../../schemas/errors.js";
import type { ApprovedAct } from "../../../schemas/words.js";
import { given } from "../registry/samples.js";

export const START_MS = Date.parse("2026-05-01T12:00:00Z");
/** Dutch mobile numbers, of a pattern that stands for an example. */
export const NUMBER = "+31612345678";
export const OTHER = "+31687654321";
export const MAIL = "nelleke@example.org";
export const POSTCODE = "3441 AB";
/** A home where nothing is welcome yet. */
export const LOCATION = {
  kind: "home",
  position: [5.1, 52.1] as [number, number],
  channels: {},
  except: {},
  hours: "always",
  timeZone: "Europe/Amsterdam",
  inDanger: "hours",
} as const;

class MemoryRegistry implements SelfRegistry {
  readonly people = new Map<number, Participant>();
  /** How often somebody waited for the disk, and who must wait for longer. */
  settles = 0;
  gate: Promise<void> = Promise.resolve();
  /** What was asked of it, in order. */
  readonly asked: string[] = [];
  #next = 100;

  get rows(): number {
    return this.#next;
  }

  get(participant: number): Result<Participant | undefined> {
    this.asked.push("get");
    return ok(this.people.get(participant));
  }

  byNumber(number: number): number[] {
    this.asked.push("byNumber");
    return this.#with((person) => number !== 0 && person.number === number);
  }

  byMail(mail: string): number[] {
    this.asked.push("byMail");
    return this.#with((person) => mail !== "" && person.mail === mail);
  }

  add(person: Participant): Result<number> {
    const refused = this.#refusal(-1, person, undefined);
    if (refused) return refused;
    this.people.set(this.#next, person);
    return ok(this.#next++);
  }

  change(participant: number, change: (now: Participant) => Participant): Result<Participant> {
    const before = this.people.get(participant);
    if (!before) return fail("NOT_FOUND", "nobody");
    const after = change(before);
    const refused = this.#refusal(participant, after, before);
    if (refused) return refused;
    this.people.set(participant, after);
    return ok(after);
  }

  erase(participant: number): Result<void> {
    return this.people.delete(participant) ? ok(undefined) : fail("NOT_FOUND", "nobody");
  }

  async settled(): Promise<Result<void>> {
    await this.gate;
    this.settles++;
    return ok(undefined);
  }

  #refusal(participant: number, after: Participant, before: Participant | undefined) {
    const owned = (kind: "number" | "mail") => (other: number) =>
      other !== participant && !isClaimed(this.people.get(other)!, kind);
    const isNew = (kind: "number" | "mail") =>
      !isClaimed(after, kind) && (before === undefined || after[kind] !== before[kind] || isClaimed(before, kind));
    if (isNew("number") && this.byNumber(after.number).some(owned("number"))) return fail("NUMBER_TAKEN", "taken");
    if (isNew("mail") && this.byMail(after.mail).some(owned("mail"))) return fail("MAIL_TAKEN", "taken");
    return undefined;
  }

  #with(which: (person: Participant) => boolean): number[] {
    return [...this.people].filter(([, person]) => which(person)).map(([participant]) => participant);
  }
}

class MemoryPositions implements PhonePositions {
  readonly seenAt = new Map<number, SeenPhone>();

  async move(participant: number, [lng, lat]: readonly [number, number], atMs: number): Promise<Result<void>> {
    this.seenAt.set(participant, { lng, lat, seenAtMs: atMs });
    return ok(undefined);
  }

  async drop(participant: number): Promise<Result<void>> {
    this.seenAt.delete(participant);
    return ok(undefined);
  }

  async purge(): Promise<Result<void>> {
    return ok(undefined);
  }

  seen(participant: number): SeenPhone | undefined {
    return this.seenAt.get(participant);
  }
}

/** Woerden is where every known postcode is; the sea begins west of 4 degrees. */
const PLACES: Places = {
  municipalityAt: (lng) => (lng < 4 ? undefined : 632),
  positionOfPostcode: (text) => (text.startsWith("34") ? ok([4.88, 52.08]) : fail("POSTCODE_UNKNOWN", "unknown")),
};

class MemoryChannel implements CodeChannel {
  takes = true;
  readonly sent: CodeMessage[] = [];
  /** All that came, with what was only a pretence. */
  readonly came: CodeMessage[] = [];

  send(message: CodeMessage, isPretence: boolean): void {
    this.came.push(message);
    if (!isPretence) this.sent.push(message);
  }
}

/** On a table in memory, sealed by nothing. */
function memoryProposals(): Proposals {
  const rows = new Map<string, Buffer>();
  const table = {
    put: (key: Buffer, value: Uint8Array) => rows.set(key.toString("hex"), Buffer.from(value)),
    remove: (key: Buffer) => rows.delete(key.toString("hex")),
    range: () => [],
  };
  const commit = async (write: () => void) => ok(write());
  const vault = {
    seal: (_: string, plain: Uint8Array) => plain,
    open: () => ok(Buffer.alloc(0)),
    renew() {},
    write() {},
  };
  const store = { table: () => table, commit } as unknown as Store;
  const onFatal = (problem: Problem): never => {
    throw new Error(problem.detail);
  };
  return Proposals.load({ store, vault: vault as never, generation: 1, forgotten: async () => ok(undefined), onFatal });
}

const none = new SharedArrayBuffer(0);
/** Nobody asks this rig what they would be asked. */
const NO_COLUMNS = { status: none, addresses: none, groups: none, asked: none };

export class SelfRig {
  readonly registry = new MemoryRegistry();
  readonly positions = new MemoryPositions();
  readonly channels = { number: new MemoryChannel(), mail: new MemoryChannel() };
  readonly problems: Problem[] = [];
  nowMs = START_MS;
  readonly proposals: Proposals;
  readonly service: ParticipantService;
  #clients = 0;

  /** `proposals`: of another registry in memory when absent. */
  constructor(random?: RandomSource, proposals?: Proposals) {
    this.proposals = proposals ?? memoryProposals();
    this.service = new ParticipantService({
      registry: this.registry,
      positions: this.positions,
      places: PLACES,
      channels: this.channels,
      proposals: this.proposals,
      askedOfOne: new AskedOfOne({ people: NO_COLUMNS, kinds: () => [], served: ["sms"] }),
      recordsAbout: (participant) => this.recordsAbout(participant),
      destinations: new Destinations({ countries: CODE_COUNTRIES, generated: false }),
      now: () => this.nowMs,
      steadyMs: () => this.nowMs,
      onProblem: (problem) => void this.problems.push(problem),
      ...(random && { random }),
    });
  }

  /** What the trail has: somebody with a key has seen each, a moment ago. */
  *recordsAbout(participant: number): Generator<void, AuditRecord[]> {
    yield;
    const by = { kind: "key", id: "0123456789ab", name: "Woerden" } as const;
    const on = { participant: String(participant) };
    return [{ id: "1", at: "2026-01-01T00:00:00Z", by, deed: "participant.seen", on, refused: null }];
  }

  /** An address that has asked for nothing yet. */
  client(): string {
    return `client ${++this.#clients}`;
  }

  minutes(count: number): void {
    this.nowMs += count * 60_000;
  }

  /** Somebody who takes part already. */
  person(change: Partial<Participant> = {}): number {
    return given(this.registry.add({ ...newParticipant({ number: 0, mail: "" }, START_MS), ...change }));
  }

  /** So many beats, each of which sends one code at most. */
  beats(count: number): void {
    for (let beat = 0; beat < count; beat++) this.service.beat();
  }

  /** What was sent to this number or address so far, once all that was asked for is on its way. */
  async sentTo(to: string): Promise<CodeMessage[]> {
    this.beats(20);
    const all = [...this.channels.number.sent, ...this.channels.mail.sent];
    return all.filter(({ contact }) => contactText(contact) === to);
  }

  /** The last code that was sent there. */
  async codeTo(to: string): Promise<string> {
    const last = (await this.sentTo(to)).at(-1);
    const code = /\d{6,8}$/.exec(last?.text ?? "")?.[0];
    if (code === undefined) throw new Error("no code was sent");
    return code;
  }

  /** Enters by a code that was just asked for. */
  async enter(opened: Result<CodeSent>, to: string): Promise<SelfSession> {
    const { challenge } = given(opened);
    return given(await this.service.enter({ challenge, code: await this.codeTo(to) }, this.client()));
  }

  /** Asks for a code to join with this number. */
  join(number: string): Result<CodeSent> {
    return this.service.join({ number, postcode: POSTCODE, language: "nl" }, this.client());
  }

  /** Asks for a code to enter by. */
  ask(number: string): Result<CodeSent> {
    return this.service.requestCode({ number }, this.client());
  }

  /** Joins with this number and enters. */
  async joined(number = NUMBER): Promise<SelfSession> {
    return this.enter(this.join(number), number);
  }

  /** A fresh code for what a session alone may not do, sent back; to the contact by which it was opened, or to the one given. */
  async approve(token: string, act: ApprovedAct, to = NUMBER): Promise<void> {
    const by = to.includes("@") ? "mail" : "number";
    const { challenge } = given(this.service.identity.requestApproval(this.session(token), { act, by }, this.client()));
    const answer = { challenge, code: await this.codeTo(to) };
    given(this.service.identity.approve(this.session(token), answer, this.client()));
  }

  /** A code to a new contact, sent back. */
  async confirm(token: string, input: { number: string } | { mail: string }): Promise<Result<ContactOutcome>> {
    const { challenge } = given(this.service.identity.contacts.request(this.session(token), input, this.client()));
    const to = "number" in input ? input.number : input.mail;
    const answer = { challenge, code: await this.codeTo(to) };
    return this.service.identity.contacts.confirm(this.session(token), answer, this.client());
  }

  /** So many days go by, during which what has to be done now and then is done. */
  async days(count: number): Promise<void> {
    for (let hour = 0; hour < count * 24; hour++) {
      this.nowMs += 3_600_000;
      await this.service.sweep();
    }
  }

  session(token: string) {
    const session = this.service.use(token);
    if (session === undefined) throw new Error("the session has ended");
    return session;
  }
}

/** Another code than this one. */
export function wrong(code: string): string {
  return String((Number(code) + 1) % 10 ** code.length).padStart(code.length, "0");
}
