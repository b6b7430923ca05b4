/**
 * What those who run the service do with carriers: pause, drain and weigh them. Each word is on record in the commit that makes it
 * durable, and what follows from it for everybody else is told for as long as it is so.
 *
 * An operator's word goes for every action, also where life is in danger: whoever pauses a carrier knows something of it that the
 * service does not. So nothing overrules it, and it is told loudly when nothing is left that could send.
 */

import { dateTime } from "../../schemas/api/date-time.js";
import type { CarrierChange, ChangedCarrier } from "../../schemas/api/operations.js";
import { fail, ok, type Result } from "../../schemas/errors.js";
import type { MonitorAlarm } from "../../schemas/monitor.js";
import { AS_CONFIGURED } from "../../schemas/words.js";
import { type Actor, SYSTEM } from "../audit/actor.js";
import type { Trail } from "../audit/trail.js";
import type { Dispatcher } from "../dispatch/ledger/dispatcher.js";
import { channelOf } from "../dispatch/ledger/wave-record.js";
import type { CarrierAccount } from "../dispatch/plan/account.js";
import type { CarrierControls } from "../dispatch/plan/controls.js";
import { showCarrier } from "./views/carrier-view.js";

export interface OperatingParts {
  readonly dispatcher: Dispatcher;
  readonly controls: CarrierControls;
  readonly trail: Pick<Trail, "put">;
  readonly now: () => number;
}

export class Operating {
  readonly #parts: OperatingParts;

  constructor(parts: OperatingParts) {
    this.#parts = parts;
  }

  /** Settles when it is durable. NOT_FOUND. */
  async change(name: string, change: CarrierChange, by: Actor): Promise<Result<ChangedCarrier>> {
    const account = this.#serving(name);
    if (account === undefined) return fail("NOT_FOUND", "No carrier has this name", "carrier");
    const { state, share } = { ...account.control, ...defined(change) };
    await this.#set(
      account,
      { state, share, untilReload: change.untilReload, by: by.name, atMs: this.#parts.now() },
      by,
    );
    const warning = this.alarms().find(({ code }) => code === ALL_OFF) ?? null;
    return ok({ carrier: showCarrier(account), warning });
  }

  /** The file of carriers was read again: what was said until then holds no longer. Gives the names. */
  async reloaded(): Promise<string[]> {
    const { dispatcher } = this.#parts;
    const until = dispatcher.accounts.filter(({ control, leaving }) => control.untilReload && !leaving);
    await Promise.all(until.map((account) => this.#set(account, AS_CONFIGURED, SYSTEM)));
    return until.map(({ name }) => name);
  }

  /** What somebody should know as long as it is so. */
  alarms(): MonitorAlarm[] {
    const { accounts, waves } = this.#parts.dispatcher;
    const staying = accounts.filter(({ leaving }) => !leaving);
    const off = staying.filter(({ isOff }) => isOff);
    if (off.length === 0) return [];
    const channels = new Set(off.map(({ port }) => port.channel));
    const alarms: MonitorAlarm[] = [];
    for (const channel of channels) {
      if (staying.some((account) => account.port.channel === channel && account.serves)) continue;
      const ofIt = waves.filter(({ record }) => channelOf(record) === channel);
      const waiting = ofIt.reduce((sum, { queue }) => sum + queue.unserved, 0);
      const who = waiting === 0 ? "nobody waits yet" : `${waiting} people wait`;
      const detail = `every carrier of ${channel} is paused or draining: nothing is sent, also not where life is in danger; ${who}`;
      alarms.push({ code: ALL_OFF, detail });
    }
    for (const { name, control } of off) {
      const detail = `${name} is ${control.state} since ${dateTime(control.atMs)}, by ${control.by || "the service"}`;
      alarms.push({ code: "CARRIER_OFF", detail });
    }
    return alarms;
  }

  #serving(name: string): CarrierAccount | undefined {
    return this.#parts.dispatcher.accounts.find((account) => account.name === name && !account.leaving);
  }

  #set(account: CarrierAccount, control: CarrierAccount["control"], by: Actor): Promise<void> {
    const { controls, dispatcher, trail } = this.#parts;
    const on = { carrier: account.name, state: control.state, share: String(control.share ?? "as configured") };
    return controls.change(account, control, dispatcher, () => trail.put({ by, deed: "carrier.changed", on }));
  }
}

const ALL_OFF = "CARRIERS_ALL_OFF";

function defined({ state, share }: CarrierChange): Partial<CarrierAccount["control"]> {
  return { ...(state !== undefined && { state }), ...(share !== undefined && { share }) };
}
