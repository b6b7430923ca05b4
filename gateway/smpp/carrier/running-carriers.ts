/**
 * The carriers that run: started from the file of carriers, and brought into line with it when it has changed. A carrier that
 * the file says the same of as before is not touched; one that is gone is drained first, so nothing that it has is lost.
 */
import { isDeepStrictEqual } from "node:util";
import type { Logger } from "pino";
import type { Dispatcher } from "../../../engine/dispatch/ledger/dispatcher.js";
import type { CarrierConfiguration } from "../../../schemas/carrier.js";
import type { Problem } from "../../../schemas/errors.js";
import { type Carrier, type CarrierShared, startCarrier } from "./carrier.js";

export interface CarriersOptions {
  readonly log: Logger;
  readonly onFatal: (problem: Problem) => void;
}

/** Names of carriers, by what a change of the file meant for them. */
export interface CarrierChanges {
  readonly added: string[];
  readonly changed: string[];
  readonly removed: string[];
}

interface Running {
  readonly carrier: Carrier;
  configuration: CarrierConfiguration;
}

export class RunningCarriers {
  readonly #running = new Map<string, Running>();
  /** Changes go one after the other: the same name may go and come back. */
  #changing: Promise<unknown> = Promise.resolve();
  #closing = false;
  readonly #shared: CarrierShared;
  readonly #options: CarriersOptions;

  constructor(shared: CarrierShared, options: CarriersOptions) {
    this.#shared = shared;
    this.#options = options;
  }

  start(configurations: readonly CarrierConfiguration[]): Carrier[] {
    return configurations.map((configuration) => this.#start(configuration));
  }

  /** Settles when what is gone is drained. */
  change(configurations: readonly CarrierConfiguration[], dispatcher: Dispatcher): Promise<CarrierChanges> {
    const changing = this.#changing.then(() => this.#change(configurations, dispatcher));
    this.#changing = changing;
    return changing;
  }

  /** From here on nothing changes any more, whatever the file says: what was begun is finished. */
  beginClosing(): void {
    this.#closing = true;
  }

  async close(): Promise<void> {
    await this.#changing;
    await Promise.all([...this.#running.values()].map(({ carrier }) => carrier.close()));
  }

  async #change(configurations: readonly CarrierConfiguration[], dispatcher: Dispatcher): Promise<CarrierChanges> {
    const changes: CarrierChanges = { added: [], changed: [], removed: [] };
    if (this.#closing) return changes;
    for (const configuration of configurations) {
      const running = this.#running.get(configuration.name);
      if (running === undefined) {
        changes.added.push(configuration.name);
        dispatcher.addCarrier(this.#start(configuration));
      } else if (!isDeepStrictEqual(running.configuration, configuration)) {
        changes.changed.push(configuration.name);
        running.configuration = configuration;
        running.carrier.configure(configuration);
      }
    }
    if (changes.changed.length > 0) dispatcher.routesChanged();
    const gone = [...this.#running.values()].filter(
      ({ carrier }) => !configurations.some(({ name }) => name === carrier.name),
    );
    await Promise.all(
      gone.map(async ({ carrier }) => {
        changes.removed.push(carrier.name);
        await dispatcher.removeCarrier(carrier);
        this.#running.delete(carrier.name);
      }),
    );
    return changes;
  }

  #start(configuration: CarrierConfiguration): Carrier {
    const { name } = configuration;
    const { log, onFatal } = this.#options;
    const carrier = startCarrier(configuration, this.#shared, {
      onFatal,
      onBind: (bind, problem) => {
        if (problem) log.warn({ carrier: name, bind, ...problem }, "a bind is down");
        else log.info({ carrier: name, bind }, "a bind is up");
      },
    });
    this.#running.set(name, { carrier, configuration });
    return carrier;
  }
}
