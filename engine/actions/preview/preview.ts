/** What an operator sees before anything is sent: whom it would reach, what it would cost, and what the text makes of it. */
import type { Preview, PreviewRequest } from "../../../schemas/api/api.js";
import { ok, type Result } from "../../../schemas/errors.js";
import type { Clock } from "../../clock/clock.js";
import type { Dispatcher } from "../../dispatch/ledger/dispatcher.js";
import type { ChannelPort } from "../../dispatch/plan/channel-port.js";
import type { Principal } from "../../rights/principal.js";
import type { Selector } from "../../selection/selector.js";
import type { Asking } from "../fatigue/asking.js";
import { queryOf } from "../query.js";
import { ACTION_CHANNEL } from "../record.js";
import type { MayBeTold } from "../service.js";
import type { CheckRequest } from "./area-check.js";
import { warningsOf } from "./areas.js";
import { type Breakdown, breakdownOf, NOTHING_TOLD } from "./breakdown.js";
import { PreviewBudget } from "./budget.js";
import { costOf } from "./cost.js";
import type { Forecast } from "./forecast.js";
import { adviseOnText, segmentsOf } from "./text-advice.js";

export class Previews {
  readonly budget = new PreviewBudget();
  readonly #checkRequest: CheckRequest;
  readonly #selector: Selector;
  readonly #dispatcher: Dispatcher;
  readonly #forecast: Forecast;
  readonly #asking: Pick<Asking, "sparingOf" | "timesInCountry">;
  readonly #clock: Clock;

  constructor(
    checkRequest: CheckRequest,
    selector: Selector,
    dispatcher: Dispatcher,
    forecast: Forecast,
    asking: Asking,
    clock: Clock,
  ) {
    this.#checkRequest = checkRequest;
    this.#selector = selector;
    this.#dispatcher = dispatcher;
    this.#forecast = forecast;
    this.#asking = asking;
    this.#clock = clock;
  }

  /**
   * PREVIEWS_EXCEEDED; CANCELLED when `signal` says that nobody waits for it any more; what `mayBeTold` says of those who would be
   * asked, by municipality.
   */
  async of(
    request: PreviewRequest,
    signal: AbortSignal | undefined,
    { keyId }: Pick<Principal, "keyId">,
    mayBeTold: MayBeTold = () => ok(undefined),
  ): Promise<Result<Preview>> {
    return this.budget.making(keyId, request, this.#clock.steadyMs(), async () => {
      const today = await this.#checkRequest(request, { turn: "optional", signal });
      if (!today.ok) return today;
      const ports = this.#dispatcher.carriers.of(ACTION_CHANNEL).map(({ port }) => port);
      const segments = segmentsOf(request.text ?? "", ports);
      if (!segments.ok) return segments;
      const counts = await this.#selector.count(
        { ...queryOf(today.value, this.#clock.now()), sparing: this.#asking.sparingOf(request) },
        signal,
      );
      if (!counts.ok) return counts;
      const may = mayBeTold(counts.value.municipalities);
      if (!may.ok) return may;
      const { recipients } = counts.value;
      const told = this.budget.tell(keyId, request, counts.value, this.#clock.steadyMs());
      return ok({
        warnings: warningsOf(request.area, today.value.area, recipients),
        ...this.#costs(request, recipients, segments.value, ports),
        ...(told ? breakdownOf(told, this.#asking.timesInCountry) : NOTHING_TOLD),
      });
    });
  }

  /** `segments`: of one message. */
  #costs(
    { text, timeCritical, domain, urgency }: PreviewRequest,
    recipients: number,
    segments: number,
    ports: readonly ChannelPort[],
  ): Omit<Preview, "warnings" | keyof Breakdown> {
    const extreme = urgency === "extreme";
    const asked = { recipients, segments: recipients * segments, extreme, timeCritical, domain };
    const forecast = this.#forecast.of(asked, this.#dispatcher, this.#clock.now());
    return {
      recipients,
      segmentsPerMessage: segments,
      segments: recipients * segments,
      text: text === undefined ? null : adviseOnText(text, ports),
      forecast: { ...forecast, cost: costOf(recipients, text ?? "", ports) },
    };
  }
}
