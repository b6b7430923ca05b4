/**
 * Brings codes on their way. Whether somebody takes part under a contact is looked up here, behind the answer to the request
 * and never before it: so neither what is answered nor the time that it takes can tell. A code for nobody ends here.
 */
import { fail, ok, type Problem, type Result } from "../../schemas/errors.js";
import { SELF } from "../../schemas/limits.js";
import type { OpenedChallenge, Purpose } from "./challenges.js";
import type { CodeChannel } from "./code-channel.js";
import { type Contact, holdersOf } from "./contact.js";
import type { SelfRegistry } from "./faces.js";
import { codeText } from "./texts.js";

interface Waiting {
  readonly contact: Contact;
  readonly purpose: Purpose;
  readonly opened: OpenedChallenge;
}

export class Codes {
  readonly #waiting: Waiting[] = [];

  constructor(
    private readonly registry: SelfRegistry,
    private readonly channels: Readonly<Record<Contact["kind"], CodeChannel>>,
    /** A part of the registry can't be read. */
    private readonly onProblem: (problem: Problem) => void,
  ) {}

  /** CODE_NOT_SENT when no code to a contact of this kind can be sent now, whosever it is. */
  ready({ kind }: Contact): Result<void> {
    if (this.#waiting.length < SELF.waitingCodes && this.channels[kind].takes) return ok(undefined);
    return fail("CODE_NOT_SENT", `No code can be sent by ${kind === "number" ? "SMS" : "mail"} now`);
  }

  /** Returns at once. */
  send(contact: Contact, purpose: Purpose, opened: OpenedChallenge): void {
    this.#waiting.push({ contact, purpose, opened });
    if (this.#waiting.length === 1) setImmediate(() => this.#next());
  }

  /** One each time, so that requests come between. */
  #next(): void {
    const { contact, purpose, opened } = this.#waiting.shift()!;
    if (this.#waiting.length > 0) setImmediate(() => this.#next());
    const language = this.#languageOf(contact, purpose);
    if (!language.ok) this.onProblem(language.problem);
    else if (language.value !== undefined) {
      const { expiresAtMs, code } = opened;
      this.channels[contact.kind].send({ contact, expiresAtMs, ...codeText(code, language.value) });
    }
  }

  /** Of who the code is for; undefined when it is for nobody. */
  #languageOf(contact: Contact, purpose: Purpose): Result<number | undefined> {
    const [holder] = holdersOf(contact, this.registry);
    const participant = purpose.kind === "contact" ? purpose.participant : holder;
    if (participant === undefined) return ok(purpose.kind === "join" ? purpose.draft.language : undefined);
    const stored = this.registry.get(participant);
    return stored.ok ? ok(stored.value?.language) : stored;
  }
}
