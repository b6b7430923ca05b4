/**
 * What operators have said of carriers, beside what the file of carriers says: that one takes nothing for now, or another part of the
 * traffic. One record in the table `meta`, by the carriers' names, so that it outlives a restart; also that of a carrier that the file
 * does not name now, which may come back. Whoever says it wants it to hold until somebody says otherwise: what the file says
 * when it is read again changes it only where that was asked for.
 *
 * A record that is damaged is told of by the store, and then all carriers are used as their file says.
 */
import { CARRIER_CONTROL } from "../../../schemas/limits.js";
import { AS_CONFIGURED, type CarrierControl } from "../../../schemas/words.js";
import type { Store } from "../../store/store.js";
import type { LiveWave } from "../wave/wave.js";
import type { CarrierAccount } from "./account.js";

const KEY = Buffer.from("carrierControls");

/** Of the dispatcher, what carries a change out. */
export interface Controlled {
  readonly accounts: readonly CarrierAccount[];
  readonly waves: readonly LiveWave[];
  routesChanged(): void;
  write(write: () => void): Promise<void>;
}

export class CarrierControls {
  readonly #controls: Map<string, CarrierControl>;
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
    const stored = store.table("meta").get(KEY);
    const entries = stored.ok && stored.value ? Object.entries(JSON.parse(stored.value.toString())) : [];
    this.#controls = new Map(entries as [string, CarrierControl][]);
  }

  of(name: string): CarrierControl {
    return this.#controls.get(name) ?? AS_CONFIGURED;
  }

  /**
   * From here on the carrier is used so. Nothing is granted to it from this moment on that may not be; it is durable when this
   * settles, in one commit with what `note` puts.
   */
  change(account: CarrierAccount, control: CarrierControl, dispatcher: Controlled, note: () => void): Promise<void> {
    const before = account.control.state;
    account.control = control;
    if (control.state === "paused") takeBack(account, dispatcher.waves);
    else if (before === "paused") giveAgain(account, dispatcher.waves);
    dispatcher.routesChanged();
    this.#keep(account.port.name, control, dispatcher.accounts);
    return dispatcher.write(() => {
      void this.#store.table("meta").put(KEY, Buffer.from(JSON.stringify(Object.fromEntries(this.#controls))));
      note();
    });
  }

  #keep(name: string, control: CarrierControl, accounts: readonly CarrierAccount[]): void {
    this.#controls.delete(name);
    if (control.state !== "running" || control.share !== null) this.#controls.set(name, control);
    for (const each of [...this.#controls.keys()]) {
      if (this.#controls.size <= CARRIER_CONTROL.kept) return;
      if (!accounts.some(({ port }) => port.name === each)) this.#controls.delete(each);
    }
  }
}

/** What it was granted and has not written comes back at once, as from a carrier of which an action is held. */
function takeBack({ port }: CarrierAccount, waves: readonly LiveWave[]): void {
  for (const { slot } of waves) port.stopWave(slot);
}

function giveAgain({ port }: CarrierAccount, waves: readonly LiveWave[]): void {
  for (const { slot, queue, stoppedAtMs } of waves) {
    if (!queue.isHeld && stoppedAtMs === null) port.runWave(slot);
  }
}
