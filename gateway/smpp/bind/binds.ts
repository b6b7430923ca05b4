/**
 * All binds of a carrier: as many of each role as its settings say, and what becomes of them when the settings change.
 *
 * Promises that a change touches only the binds that it is about. Binds that must be made anew with other settings are so one
 * after the other, and one that can send is not taken down while no other can, for SMPP.lastBindMs: where the new settings
 * don't work, the carrier goes on with the old ones that long.
 */
import { SMPP } from "../../../schemas/limits.js";
import type { BindRole } from "./bind.js";
import { Session } from "./session.js";
import type { SessionOwner } from "./session-owner.js";

export class Binds {
  readonly sessions: Session[] = [];
  #changedMs = 0;
  #stopped = false;
  readonly #owner: SessionOwner<Session> & { removed(session: Session): void };

  constructor(owner: SessionOwner<Session> & { removed(session: Session): void }) {
    this.#owner = owner;
    this.configure(0);
  }

  /** The carrier's settings have changed. Adds what is missing at once; the rest happens in `tick`. */
  configure(nowMs: number): void {
    this.#changedMs = nowMs;
    if (this.#stopped) return;
    this.#want("bind", this.#owner.carrier.binds);
    this.#want("receiver", this.#owner.carrier.receivers);
  }

  tick(nowMs: number): void {
    for (const session of this.sessions) session.tick(nowMs);
    if (this.#stopped) return;
    for (const session of this.sessions.filter((one) => one.closed)) {
      this.sessions.splice(this.sessions.indexOf(session), 1);
      this.#owner.removed(session);
    }
    this.#change(nowMs);
  }

  /** Drains and unbinds them all. */
  stop(): void {
    this.#stopped = true;
    for (const session of this.sessions) session.stop();
  }

  get closed(): boolean {
    return this.sessions.every((session) => session.closed);
  }

  /** True if nothing but time and the carrier can change anything. */
  get calm(): boolean {
    return !this.#stopped && this.sessions.every((session) => session.state === "bound" && !session.changing);
  }

  #want(role: BindRole, count: number): void {
    for (let index = 0; index < count; index++) {
      const session = this.sessions.find((one) => one.role === role && one.index === index);
      if (session !== undefined) session.keep();
      else this.sessions.push(this.#make(role, index));
    }
  }

  /** Each begins with its part of what is known of the carrier. */
  #make(role: BindRole, index: number): Session {
    const session = new Session(role, index, this.#owner);
    const { carrier, known } = this.#owner;
    session.pace.trust(known.perSecond / carrier.binds, performance.now());
    session.outstanding.trust(known.outstanding / carrier.binds);
    return session;
  }

  /** Takes the next bind of those that have to go or to be made anew. */
  #change(nowMs: number): void {
    if (this.sessions.some((session) => session.changing)) return;
    const wanted = this.sessions.filter((session) => !this.#isSurplus(session));
    const outdated = wanted.filter((session) => session.outdated);
    const next = outdated.find((session) => this.#mayGo(session, nowMs));
    if (next !== undefined) next.rebind();
    if (outdated.length > 0) return;
    for (const session of this.sessions) {
      if (this.#isSurplus(session) && this.#mayGo(session, nowMs)) session.stop();
    }
  }

  #isSurplus({ role, index }: Session): boolean {
    return index >= (role === "bind" ? this.#owner.carrier.binds : this.#owner.carrier.receivers);
  }

  #mayGo(session: Session, nowMs: number): boolean {
    if (!works(session) || nowMs - this.#changedMs >= SMPP.lastBindMs) return true;
    const others = this.sessions.filter((one) => one !== session && one.sends);
    return others.length === 0 || others.some(works);
  }
}

/** Something can be sent over it, now or once there is room in its window. */
function works(session: Session): boolean {
  return session.state === "bound" && session.sends && !session.ends;
}
