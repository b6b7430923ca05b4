/** What an operator sees before anything is sent: whom it would reach, what it would cost, and what the text makes of it. */
import type { Preview, PreviewRequest, Warning } from "../../../schemas/api/api.js";
import { ok, type Result } from "../../../schemas/errors.js";
import type { Dispatcher } from "../../dispatch/ledger/dispatcher.js";
import type { ChannelPort } from "../../dispatch/plan/channel-port.js";
import { municipalityCode } from "../../geo/municipality-code.js";
import type { SelectionCounts, Selector } from "../../selection/selector.js";
import { queryOf } from "../query.js";
import { ACTION_CHANNEL } from "../record.js";
import type { CheckRequest } from "./area-check.js";
import { warningsOf } from "./areas.js";
import { costOf } from "./cost.js";
import type { Forecast } from "./forecast.js";
import { adviseOnText, segmentsOf } from "./text-advice.js";

export class Previews {
  readonly #checkRequest: CheckRequest;
  readonly #selector: Selector;
  readonly #dispatcher: Dispatcher;
  readonly #forecast: Forecast;
  readonly #now: () => number;

  constructor(
    checkRequest: CheckRequest,
    selector: Selector,
    dispatcher: Dispatcher,
    forecast: Forecast,
    now: () => number,
  ) {
    this.#checkRequest = checkRequest;
    this.#selector = selector;
    this.#dispatcher = dispatcher;
    this.#forecast = forecast;
    this.#now = now;
  }

  /** CANCELLED when `signal` says that nobody waits for it any more. */
  async of(request: PreviewRequest, signal?: AbortSignal): Promise<Result<Preview>> {
    const today = await this.#checkRequest(request, { turn: "optional", signal });
    if (!today.ok) return today;
    const nowMs = this.#now();
    const ports = this.#dispatcher.carriers.of(ACTION_CHANNEL).map(({ port }) => port);
    const segments = segmentsOf(request.text ?? "", ports);
    if (!segments.ok) return segments;
    const counts = await this.#selector.count(queryOf(today.value, nowMs), signal);
    if (!counts.ok) return counts;
    const { recipients } = counts.value;
    const { timeCritical, urgency } = request;
    const asked = { recipients, segments: recipients * segments.value, extreme: urgency === "extreme", timeCritical };
    const forecast = this.#forecast.of(asked, this.#dispatcher, nowMs);
    const warnings = warningsOf(request.area, today.value.area, recipients);
    return ok(showPreview(request, counts.value, segments.value, forecast, ports, warnings));
  }
}

/** `segments`: of one message. */
function showPreview(
  { text }: PreviewRequest,
  { recipients, channels, municipalities }: SelectionCounts,
  segments: number,
  forecast: Omit<Preview["forecast"], "cost">,
  ports: readonly ChannelPort[],
  warnings: Warning[],
): Preview {
  return {
    warnings,
    recipients,
    segmentsPerMessage: segments,
    segments: recipients * segments,
    text: text === undefined ? null : adviseOnText(text, ports),
    channels: { ...channels },
    municipalities: [...municipalities]
      .map(([code, count]) => ({ code: municipalityCode(code), recipients: count }))
      .sort((a, b) => b.recipients - a.recipients),
    forecast: { ...forecast, cost: costOf(recipients, text ?? "", ports) },
  };
}
