/** How a wave is taken up. */
export interface Standing {
  /** Nothing of it is granted before `letGo`. */
  readonly held: boolean;
  /** The ledger may lack what was sent of it. */
  readonly doubted: boolean;
}

export const GOES: Standing = { held: false, doubted: false };
