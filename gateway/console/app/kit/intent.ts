/**
 * One thing that somebody means to do, done once: its Idempotency-Key is made with it, and where no answer came it is asked again with the same
 * key, until there is one or somebody gives it up. The service answers a key that it knows with what came of it the first time, so that asking
 * again sends nobody a second message.
 *
 * What was changed since is another thing, with a key of its own: a second word ("yes, I mean it") too, for the request has it in it.
 */
/** As kit/api.ts has it; that one needs a browser, and this does not. */
interface Refusal {
  readonly code: string;
}
type Answer<A, P extends Refusal> =
  | { readonly ok: true; readonly value: A }
  | { readonly ok: false; readonly problem: P };

export interface Intent<A, P extends Refusal> {
  /** For the same request always the same. */
  readonly key: string;
  readonly ask: (key: string) => Promise<Answer<A, P>>;
}

export type Settled<A, P extends Refusal> =
  | { readonly state: "done"; readonly value: A }
  | { readonly state: "refused"; readonly problem: P }
  /** Nobody knows whether it was done. */
  | { readonly state: "givenUp" };

export interface Patience {
  /** Before each time that it is asked again; resolves to false where somebody gave it up. */
  readonly wait: (attempt: number) => Promise<boolean>;
}

/** Whether nobody can tell from the answer what was done: none came, or one that says to try again. */
function isOpen({ code }: Refusal): boolean {
  return OPEN.includes(code);
}
const OPEN: readonly string[] = [
  ...["NETWORK", "TIMED_OUT", "ABORTED"],
  ...["IDEMPOTENCY_KEY_IN_USE", "BUSY", "NOT_READY", "STORE_WRITE_FAILED", "CANCELLED"],
];

export async function carryOut<A, P extends Refusal>(
  { key, ask }: Intent<A, P>,
  { wait }: Patience,
): Promise<Settled<A, P>> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await ask(key);
    if (answer.ok) return { state: "done", value: answer.value };
    if (!isOpen(answer.problem)) return { state: "refused", problem: answer.problem };
    if (!(await wait(attempt))) return { state: "givenUp" };
  }
}

/** Waits longer each time, and says which attempt comes next, until somebody gives it up: while it waits, or while an answer is awaited. */
export interface Persevering extends Patience {
  readonly giveUp: () => void;
}

export function persevering(tell: (attempt: number) => void): Persevering {
  let isGivenUp = false;
  let end: () => void = () => undefined;
  return {
    wait: (attempt) => {
      // The first wait is of another intent than what was given up before.
      if (attempt === 1) isGivenUp = false;
      if (isGivenUp) return Promise.resolve(false);
      tell(attempt + 1);
      return new Promise((resolve) => {
        const again = setTimeout(() => resolve(true), waitMs(attempt));
        end = () => {
          clearTimeout(again);
          resolve(false);
        };
      });
    },
    giveUp: () => {
      isGivenUp = true;
      end();
    },
  };
}

/** Half a second, then longer, up to eight. */
export function waitMs(attempt: number): number {
  return Math.min(8_000, 500 * 2 ** (attempt - 1));
}

/** Refusals that a second word lifts: it goes along with what is asked again. */
export const CONFIRMABLE = ["CONTACT_UNVERIFIED", "TEXT_REPEATED"] as const;
export type Confirmable = (typeof CONFIRMABLE)[number];

export function confirmableOf({ code }: Refusal): Confirmable | undefined {
  return CONFIRMABLE.find((one) => one === code);
}
