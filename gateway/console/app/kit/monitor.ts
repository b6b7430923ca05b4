/**
 * The live feed of the service: actions, carriers and alarms as signals. It connects again by itself, later each time, and says since when
 * what is shown may be out of date.
 */
import { signal } from "@preact/signals";
import type {
  MONITOR_PROTOCOLS,
  MonitorAction,
  MonitorAlarm,
  MonitorCarrier,
  MonitorMessage,
} from "../../../../schemas/monitor.js";

const PROTOCOL: (typeof MONITOR_PROTOCOLS)[0] = "seinpost.v1.json";
const PATH = "/v1/monitor";
/** The first pause before it connects again, and the longest. */
const PAUSE_MS = 500;
const PAUSE_MAX_MS = 15_000;

export const watchedActions = signal<ReadonlyMap<string, MonitorAction>>(new Map());
export const watchedCarriers = signal<ReadonlyMap<string, MonitorCarrier>>(new Map());
export const alarms = signal<readonly MonitorAlarm[]>([]);
/** When the last message came, by the clock of the service. */
export const heardAt = signal<string | undefined>(undefined);
/** Since when nothing is heard, in milliseconds; undefined while the feed is connected. */
export const staleSince = signal<number | undefined>(undefined);

let socket: WebSocket | undefined;
let sequence = -1;
let tries = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let watchers = 0;

/** Watches until what it gives is called; any number of components may. */
export function watchMonitor(): () => void {
  if (watchers++ === 0) connect();
  let isOver = false;
  return () => {
    if (isOver) return;
    isOver = true;
    if (--watchers > 0) return;
    clearTimeout(timer);
    socket?.close();
    socket = undefined;
  };
}

function connect(): void {
  clearTimeout(timer);
  const own = new WebSocket(`${location.origin.replace(/^http/, "ws")}${PATH}`, PROTOCOL);
  socket = own;
  own.addEventListener("message", ({ data }) => {
    if (own === socket) take(JSON.parse(String(data)) as MonitorMessage);
  });
  own.addEventListener("close", () => {
    if (own !== socket) return;
    socket = undefined;
    staleSince.value ??= Date.now();
    const pause = Math.min(PAUSE_MAX_MS, PAUSE_MS * 2 ** tries++);
    // So that all screens of a control room do not come back in the same moment.
    timer = setTimeout(connect, pause * (0.5 + Math.random() / 2));
  });
}

function take(message: MonitorMessage): void {
  if (message.type === "changes" && message.sequence !== sequence + 1) {
    // Something was missed: a new connection begins with all there is.
    socket?.close();
    return;
  }
  sequence = message.sequence;
  tries = 0;
  const isWhole = message.type === "snapshot";
  // What is as it was keeps its value: carriers that change ten times a second draw no list of actions anew, nor the other way round.
  if (isWhole || message.actions.length > 0 || message.gone.length > 0) takeActions(message, isWhole);
  if (isWhole || message.carriers.length > 0) {
    const kept = isWhole ? [] : watchedCarriers.peek();
    watchedCarriers.value = new Map([...kept, ...message.carriers.map((one) => [one.name, one] as const)]);
  }
  alarms.value = message.alarms;
  heardAt.value = message.at;
  staleSince.value = undefined;
}

function takeActions({ actions, gone }: MonitorMessage, isWhole: boolean): void {
  const taken = new Map(isWhole ? [] : watchedActions.peek());
  for (const id of gone) taken.delete(id);
  for (const action of actions) taken.set(action.id, action);
  watchedActions.value = taken;
}
