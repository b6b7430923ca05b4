/** What an operator sees before anything is sent: whom it would reach, what it would cost, and what the text makes of it. */
import type { Wordings } from "../../../schemas/api/about-action.js";
import type { Preview, PreviewRequest } from "../../../schemas/api/api.js";
import type { Warning } from "../../../schemas/api/asking/preview.js";
import { ok, type Result } from "../../../schemas/errors.js";
import type { Clock } from "../../clock/clock.js";
import type { Dispatcher } from "../../dispatch/ledger/dispatcher.js";
import type { Priced } from "../../dispatch/plan/channel-port.js";
import type { Principal } from "../../rights/principal.js";
import type { Selector } from "../../selection/selector.js";
import type { Asking } from "../fatigue/asking.js";
import type { FilledPreview } from "../kinds/filled.js";
import type { Kinds } from "../kinds/kinds.js";
import { marked } from "../modes/marked.js";
import { lifeOf } from "../query.js";
import { ACTION_CHANNEL } from "../record.js";
import type { MayBeTold } from "../service.js";
import type { TextChecks } from "../texts/checks.js";
import type { CheckRequest } from "./area-check.js";
import { warningsOf, warningsOfLife } from "./areas.js";
import { type Breakdown, breakdownOf, NOTHING_TOLD } from "./breakdown.js";
import { PreviewBudget } from "./budget.js";
import { costOfDivision, type Division, divided, segmentsOfDivision } from "./by-text.js";
import type { Forecast } from "./forecast.js";
import { adviseOnText, segmentsOf, segmentsOfAll } from "./text-advice.js";
import { showTexts } from "./text-list.js";
import { type WhomParts, whomOf } from "./whom.js";

export class Previews {
  readonly budget = new PreviewBudget();
  readonly #checkRequest: CheckRequest;
  readonly #whomParts: WhomParts;
  readonly #dispatcher: Dispatcher;
  readonly #forecast: Forecast;
  readonly #asking: Pick<Asking, "timesInCountry">;
  readonly #kinds: Kinds;
  readonly #checks: TextChecks;
  readonly #clock: Clock;

  constructor(
    checkRequest: CheckRequest,
    selector: Selector,
    dispatcher: Dispatcher,
    forecast: Forecast,
    asking: Asking,
    kinds: Kinds,
    checks: TextChecks,
    clock: Clock,
  ) {
    this.#checkRequest = checkRequest;
    this.#whomParts = { selector, asking, now: () => clock.now() };
    this.#dispatcher = dispatcher;
    this.#forecast = forecast;
    this.#asking = asking;
    this.#kinds = kinds;
    this.#checks = checks;
    this.#clock = clock;
  }

  /**
   * PREVIEWS_EXCEEDED; CANCELLED when `signal` says that nobody waits for it any more; what `mayBeTold` says of those who would be
   * asked, by municipality.
   */
  async of(
    asked: PreviewRequest,
    signal: AbortSignal | undefined,
    { keyId }: Pick<Principal, "keyId">,
    mayBeTold: MayBeTold = () => ok(undefined),
  ): Promise<Result<Preview>> {
    const filled = this.#kinds.fillInPreview(asked, this.#clock.now());
    if (!filled.ok) return filled;
    const request = filled.value;
    return this.budget.making(keyId, request, this.#clock.steadyMs(), async () => {
      const today = await this.#checkRequest(request, { turn: "optional", signal });
      if (!today.ok) return today;
      const ports = this.#dispatcher.carriers.pricedOf(ACTION_CHANNEL);
      const life = lifeOf({ ...asked, lifeMinutes: request.lifeMinutes }, this.#clock.now());
      if (!life.ok) return life;
      const said = request.said && marked(request.mode, request.said);
      const segments = said ? segmentsOfAll(said, ports) : segmentsOf("", ports);
      if (!segments.ok) return segments;
      const whom = await whomOf(this.#whomParts, today.value, mayBeTold, signal);
      if (!whom.ok) return whom;
      const { recipients, counts, area, nearest } = whom.value;
      const told = counts && this.budget.tell(keyId, { ...request, area }, counts, this.#clock.steadyMs());
      const division = divided(said ?? NOT_WRITTEN, recipients, told);
      const costs = this.#costs({ ...request, said }, recipients, segments.value, division, ports);
      return ok({
        warnings: [
          ...warningsOf(request.area, today.value.area, recipients),
          ...this.#warningsOfText(today.value),
          ...warningsOfLife(life.value, this.#clock.now(), costs.forecast.durationMs),
        ],
        texts: showTexts(said ? division.texts : [], request.kind, this.#kinds.catalogue, ports),
        ...{ ...costs, nearest },
        ...(told ? breakdownOf(told, this.#asking.timesInCountry) : NOTHING_TOLD),
      });
    });
  }

  #warningsOfText({ said, area }: FilledPreview): Warning[] {
    return said ? this.#checks.warningsOf({ said, area, nowMs: this.#clock.now() }) : [];
  }

  /** `parts`: of one message, at most. */
  #costs(
    { said, timeCritical, domain, urgency }: FilledPreview,
    recipients: number,
    parts: number,
    division: Division,
    ports: readonly Priced[],
  ): Omit<Preview, "warnings" | "texts" | "nearest" | keyof Breakdown> {
    const extreme = urgency === "extreme";
    const segments = segmentsOfDivision(division, ports);
    const asked = { recipients, segments, extreme, timeCritical, domain };
    const expected = this.#forecast.of(asked, this.#dispatcher, this.#clock.now());
    const forecast = { ...expected, cost: costOfDivision(division, ports) };
    const { durationMs, finishedAt, cost } = forecast;
    return {
      ...{ recipients, segmentsPerMessage: parts, segments, forecast },
      byChannel: [{ channel: ACTION_CHANNEL, recipients, segments, durationMs, finishedAt, cost }],
      text: said === undefined ? null : adviseOnText(said.text, ports),
    };
  }
}

/** As long as any one part. */
const NOT_WRITTEN: Wordings = { text: "" };
