/**
 * What a person typed is kept in the tab (sessionStorage) until it is sent: over a lost network, an ended session, a reload. It goes when
 * it was dispatched (`clear`), when somebody signs out, and with the tab.
 */
import { type Signal, signal } from "@preact/signals";

const PREFIX = "typed:";

const signals = new Map<string, { readonly value: Signal<unknown>; readonly initial: unknown }>();

export interface Kept<T> {
  /** Changes what is kept with what is shown. */
  readonly value: Signal<T>;
  clear(): void;
}

/** The same name gives the same signal. `initial` where nothing is kept, or what is kept can't be read. */
export function kept<T>(name: string, initial: T): Kept<T> {
  const known = signals.get(name);
  const value = (known?.value as Signal<T> | undefined) ?? open(name, initial);
  const clear = (): void => {
    value.value = initial;
  };
  return { value, clear };
}

function open<T>(name: string, initial: T): Signal<T> {
  const value = signal(read(name, initial));
  signals.set(name, { value, initial });
  let isFirst = true;
  value.subscribe((now) => {
    if (isFirst) isFirst = false;
    else write(name, now, initial);
  });
  return value;
}

function read<T>(name: string, initial: T): T {
  try {
    const text = sessionStorage.getItem(PREFIX + name);
    return text === null ? initial : (JSON.parse(text) as T);
  } catch {
    return initial;
  }
}

/** A full or forbidden storage keeps nothing: the page goes on, and loses what was typed only with itself. */
function write(name: string, value: unknown, initial: unknown): void {
  try {
    if (value === initial) sessionStorage.removeItem(PREFIX + name);
    else sessionStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // As above.
  }
}

export function forgetTyped(): void {
  for (const { value, initial } of signals.values()) value.value = initial;
  try {
    for (const name of Object.keys(sessionStorage)) if (name.startsWith(PREFIX)) sessionStorage.removeItem(name);
  } catch {
    // Where it is forbidden nothing was kept.
  }
}
