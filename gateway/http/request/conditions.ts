/** What a client says of what it has already, and so of what it wants still (RFC 9110, 13 and 14), as it sent it; "" where it says nothing. */
export interface Conditions {
  /** The tag of the version that something is to be done to. */
  readonly ifMatch: string;
  /** The tags of what it has. */
  readonly ifNoneMatch: string;
  /** The part that it wants. */
  readonly range: string;
  /** The tag of what it has the other parts of. */
  readonly ifRange: string;
}

export function conditionsOf({ ifMatch, ifNoneMatch, range, ifRange }: Conditions): Conditions {
  return { ifMatch, ifNoneMatch, range, ifRange };
}
