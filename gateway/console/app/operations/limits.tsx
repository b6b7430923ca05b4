/** What limits each carrier, and what went wrong at it by cause. */
import type { JSX } from "preact";
import type { Carrier, CarrierError } from "../../../../schemas/api/operations.js";
import { count, dayAndTime } from "../kit/i18n/figures.js";
import { ProblemStatus } from "../kit/ui/status.js";
import { type Column, Table } from "../kit/ui/table.js";
import { refusalText } from "./advice.js";
import { details, detailsProblem } from "./details.js";
import { words } from "./words.js";

/** What a file without a limit has (SMPP.ratePerSecondMax): no carrier takes so much. */
const NO_LIMIT = 1_000_000;

export function Limits(): JSX.Element {
  return (
    <section class="stack">
      <ProblemStatus problem={detailsProblem.value} />
      <Table
        caption={words().limits}
        columns={columns()}
        rows={details.value}
        keyOf={({ name }) => name}
        empty={words().noCarriers}
      />
    </section>
  );
}

function columns(): readonly Column<Carrier>[] {
  return [
    { title: words().carrier, show: ({ name }) => name },
    { title: words().channel, show: ({ channel }) => channel },
    { title: words().limit, isNumber: true, show: limit },
    { title: words().throttled, isNumber: true, show: ({ throttled }) => count(throttled) },
    { title: words().refused, isNumber: true, show: ({ refused }) => count(refused) },
    { title: words().broken, isNumber: true, show: ({ disconnects }) => count(disconnects) },
    { title: words().errors, show: errors },
    { title: words().lastError, show: ({ lastError }) => lastError?.detail ?? "–" },
    { title: words().use, show: said },
  ];
}

function limit({ allowedPerSecond, ratePerSecond }: Carrier): string {
  const isUnlimited = allowedPerSecond >= NO_LIMIT && ratePerSecond >= NO_LIMIT;
  if (isUnlimited) return words().noLimit;
  if (ratePerSecond >= NO_LIMIT) return count(allowedPerSecond);
  return words().limitOf(count(allowedPerSecond), count(ratePerSecond));
}

function errors({ errors: all }: Carrier): JSX.Element | string {
  if (all.length === 0) return words().noErrors;
  return (
    <ul class="plain">
      {all.map((error) => (
        <li key={`${error.cause} ${error.code}`}>{words().times(causeOf(error), count(error.times))}</li>
      ))}
    </ul>
  );
}

function causeOf({ cause, code }: CarrierError): string {
  if (cause !== "commandStatus") return words()[cause];
  const hexadecimal = `0x${code.toString(16).padStart(2, "0")}`;
  const known = refusalText(code);
  return known === undefined ? words().status(hexadecimal) : `${known} (${hexadecimal})`;
}

function said({ state, control }: Carrier): string {
  if (control === null) return words()[state];
  return `${words()[state]}, ${words().said(control.by, dayAndTime(control.since))}`;
}
