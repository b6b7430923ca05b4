/** Who did something, as records keep it: never a person, but whose key it was, or that somebody did it for themselves. */

export interface Actor {
  /**
   * `key`: with an API key. `self`: a participant, about themselves. `local`: by a command on the machine of the service.
   * `system`: the service by itself.
   */
  readonly kind: "key" | "self" | "local" | "system";
  /** Of the API key; else "". */
  readonly id: string;
  /** Of the API key, as it was then; else "". */
  readonly name: string;
}

export const SELF: Actor = { kind: "self", id: "", name: "" };
export const LOCAL: Actor = { kind: "local", id: "", name: "" };
export const SYSTEM: Actor = { kind: "system", id: "", name: "" };
