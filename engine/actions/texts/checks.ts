/**
 * What every text of an action is held against before it goes out: that it fits, that its numbers and links are known, and that it is not
 * what the same people got a short time ago. The last two are warnings in a preview, and refuse what sends until an operator confirms
 * them. A refusal names no number: it may be somebody's.
 */
import type { Wordings } from "../../../schemas/api/about-action.js";
import type { Warning } from "../../../schemas/api/api.js";
import type { AreaInput } from "../../../schemas/api/area.js";
import { fail, ok, type Result } from "../../../schemas/errors.js";
import type { Confirmable } from "../../../schemas/words.js";
import type { Kinds } from "../kinds/kinds.js";
import { eachText } from "./choice.js";
import { unverifiedIn } from "./contacts.js";
import { isSame, type SentTexts } from "./sent-texts.js";

/** What goes to people of an area who may have got it before. */
export interface Outgoing {
  readonly said: Wordings;
  readonly area: AreaInput;
  readonly nowMs: number;
}

export class TextChecks {
  readonly #kinds: Kinds;
  readonly #sent: SentTexts;
  readonly #isSent: (action: string) => boolean;
  readonly #ownHosts: readonly string[];

  /** `isSent`: whether anything of an action was sent, or is to be. `ownHosts`: where the service itself is, for the pages of actions. */
  constructor(kinds: Kinds, sent: SentTexts, isSent: (action: string) => boolean, ownHosts: readonly string[]) {
    this.#ownHosts = ownHosts;
    this.#kinds = kinds;
    this.#sent = sent;
    this.#isSent = isSent;
  }

  /** What an operator sees in a preview, with what was found. */
  warningsOf({ said, area, nowMs }: Outgoing): Warning[] {
    const unverified = this.#unverifiedIn(said);
    const before = this.#before({ said, area, nowMs });
    const warnings: Warning[] = [];
    if (unverified.length > 0) {
      const detail = `${unverified.join(", ")}: not on the organisation's list; see that it is right. ${toSend("CONTACT_UNVERIFIED")}`;
      warnings.push({ code: "CONTACT_UNVERIFIED", detail, field: "/text" });
    }
    if (before) warnings.push({ code: "TEXT_REPEATED", detail: before, field: "/text" });
    return warnings;
  }

  /** CONTACT_UNVERIFIED. Of the last word of an action it is all there is to look at: it goes once, and to whoever was reached. */
  verified(said: Wordings, confirmed: readonly Confirmable[] = []): Result<void> {
    if (confirmed.includes("CONTACT_UNVERIFIED")) return ok(undefined);
    const { length } = this.#unverifiedIn(said);
    if (length === 0) return ok(undefined);
    const detail = `${length} of its numbers and links ${length === 1 ? "is" : "are"} not on the organisation's list; a preview says which. ${toSend("CONTACT_UNVERIFIED")}`;
    return fail("CONTACT_UNVERIFIED", detail, "/text");
  }

  /** CONTACT_UNVERIFIED or TEXT_REPEATED. To be followed by `note` in the same turn, where nothing else refuses it. */
  sendable(outgoing: Outgoing, confirmed: readonly Confirmable[] = []): Result<void> {
    const verified = this.verified(outgoing.said, confirmed);
    if (!verified.ok || confirmed.includes("TEXT_REPEATED")) return verified;
    const before = this.#before(outgoing);
    return before === undefined ? verified : fail("TEXT_REPEATED", before, "/text");
  }

  /**
   * Likewise of what is said to the people of an action later on. `told`: what they were told before; `other`, where other actions may have
   * told them the same.
   */
  followsUp(
    said: Wordings,
    told: readonly string[],
    confirmed: readonly Confirmable[] = [],
    other?: Pick<Outgoing, "area" | "nowMs">,
  ): Result<void> {
    const verified = this.verified(said, confirmed);
    if (!verified.ok || confirmed.includes("TEXT_REPEATED")) return verified;
    if (told.some((text) => isSame(text, said.text))) {
      return fail("TEXT_REPEATED", `this action has told them the same. ${toSend("TEXT_REPEATED")}`, "/text");
    }
    return other ? this.sendable({ said, ...other }, confirmed) : verified;
  }

  /** TEXT_REPEATED where another action than this one has told the people of an area what they are to be told now. */
  toldByAnother(action: string, outgoing: Outgoing, confirmed: readonly Confirmable[] = []): Result<void> {
    const before = confirmed.includes("TEXT_REPEATED") ? undefined : this.#before(outgoing, action);
    return before === undefined ? ok(undefined) : fail("TEXT_REPEATED", before);
  }

  /** It is going out; what this returns goes into the commit that accepts it. */
  note(action: string, { said, area, nowMs }: Outgoing): () => void {
    return this.#sent.note(action, said.text, area, nowMs);
  }

  #unverifiedIn(said: Wordings): string[] {
    const { numbers, hosts } = this.#kinds.catalogue.common.verified;
    const verified = { numbers, hosts: [...hosts, ...this.#ownHosts] };
    return [...new Set(eachText(said).flatMap(({ text }) => unverifiedIn(text, verified)))];
  }

  /** By another action than `own`, where there is that. */
  #before({ said, area, nowMs }: Outgoing, own?: string): string | undefined {
    const before = this.#sent.before(said.text, area, nowMs, (action) => action !== own && this.#isSent(action));
    if (!before) return undefined;
    const minutes = Math.round(Math.abs(nowMs - before.atMs) / 60_000);
    return `action ${before.action} told them the same ${minutes} minutes ago; look at that one first. ${toSend("TEXT_REPEATED")}`;
  }
}

function toSend(code: Confirmable): string {
  return `To send it all the same: "confirmed": ["${code}"]`;
}
