/**
 * A chart over time: lines that differ in colour and in their dashes, with a legend, and a sentence of what they say last for who does not see
 * them. The only place that knows uPlot, which draws on a canvas and needs no markup as text.
 *
 * New figures are handed to the chart that is there: it is made anew only where its lines, the theme or the language are others.
 */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import UPlot from "uplot";
import { count } from "../i18n/figures.js";
import { language } from "../i18n/language.js";
import { isDark } from "../theme.js";

export interface Line {
  readonly label: string;
  /** A token of tokens.css, such as --accent. */
  readonly token: string;
  /** Lengths of line and gap; none for a line without gaps. */
  readonly dash?: readonly number[];
  readonly values: readonly (number | null)[];
}

interface Props {
  readonly title: string;
  /** What the lines say in words, for who does not see the chart. */
  readonly told: string;
  /** Moments, in seconds since 1970. */
  readonly at: readonly number[];
  readonly lines: readonly Line[];
  readonly from: number;
  readonly to: number;
}

const HEIGHT = 190;
const AXIS_PIXELS = 64;
/** Dates as people here write them: 31-12, 23:59. */
const CLOCK: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit" };
const DAY: Intl.DateTimeFormatOptions = { day: "numeric", month: "short" };
const DAY_SECONDS = 86_400;

export function Chart(props: Props): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  const chart = useRef<UPlot | undefined>(undefined);
  const known = useRef(props);
  known.current = props;
  const looks = [isDark(), language.value, ...props.lines.map(({ label, token }) => label + token)].join();
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const made = new UPlot(optionsOf(element, known), dataOf(known.current), element);
    chart.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      chart.current = undefined;
    };
  }, [looks]);
  useEffect(() => chart.current?.setData(dataOf(props)), [props.at, props.lines, looks]);
  return (
    <figure class="chart">
      <figcaption>{props.title}</figcaption>
      <div ref={frame} role="img" aria-label={props.told} />
      <ul class="row legend" aria-hidden="true">
        {props.lines.map(({ label, token, dash }) => (
          <li key={label}>
            <svg width="28" height="8" role="presentation">
              <line
                x1="0"
                x2="28"
                y1="4"
                y2="4"
                class="legend-line"
                style={{ stroke: `var(${token})`, strokeDasharray: dash?.join(" ") ?? "none" }}
              />
            </svg>
            {label}
          </li>
        ))}
      </ul>
    </figure>
  );
}

/** A figure on an axis: whole, unless it is so small that its parts matter. */
export function short(value: number): string {
  if (value >= 10 || Number.isInteger(value)) return count(value);
  return value.toLocaleString(language.value, { maximumFractionDigits: 2 });
}

function dataOf({ at, lines }: Props): UPlot.AlignedData {
  return [[...at], ...lines.map(({ values }) => [...values])] as UPlot.AlignedData;
}

function optionsOf(element: HTMLElement, known: { readonly current: Props }): UPlot.Options {
  const style = getComputedStyle(element);
  const colour = (token: string): string => style.getPropertyValue(token).trim();
  const axis = { stroke: colour("--quiet"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
  const font = `13px ${style.fontFamily}`;
  return {
    ...{ width: element.clientWidth, height: HEIGHT, legend: { show: false }, cursor: { show: false } },
    scales: {
      x: { time: true, range: () => [known.current.from, known.current.to] },
      y: { range: (_chart, _least, most) => [0, most > 0 ? most * 1.1 : 1] },
    },
    axes: [
      { ...axis, font, values: (_chart, moments) => moments.map((moment) => momentOf(moment, known.current)) },
      {
        ...axis,
        font,
        size: AXIS_PIXELS,
        values: (_chart, values) => values.map(short),
      },
    ],
    series: [
      {},
      ...known.current.lines.map(({ label, token, dash }) => ({
        ...{ label, stroke: colour(token), width: 2, points: { show: false } },
        ...(dash && { dash: [...dash] }),
      })),
    ],
  };
}

function momentOf(seconds: number, { from, to }: Props): string {
  const options = to - from > 2 * DAY_SECONDS ? DAY : CLOCK;
  return new Date(seconds * 1_000).toLocaleString(language.value, options);
}
