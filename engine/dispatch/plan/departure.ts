/**
 * How a carrier is taken out while the service runs: what it has comes to its end, it is closed, and what it still had to say
 * becomes durable.
 */
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { DISPATCH, FAILOVER } from "../../../schemas/limits.js";
import type { CarrierAccount } from "./account.js";

export interface Ledger {
  readonly isClosed: boolean;
  steadyMs(): number;
  /** Settles when all that was taken so far is durable. */
  commit(): Promise<void>;
}

/** For an account that is leaving, so that it is granted nothing more. Ends early when the ledger is closed. */
export async function depart(account: CarrierAccount, ledger: Ledger): Promise<Result<void>> {
  const { port } = account;
  const giveUpMs = ledger.steadyMs() + FAILOVER.leaveMs;
  await until(() => account.exposed === 0 || ledger.steadyMs() >= giveUpMs, ledger);
  await port.close();
  await until(() => port.events.isEmpty, ledger);
  if (ledger.isClosed) return ok(undefined);
  await ledger.commit();
  if (account.exposed === 0) return ok(undefined);
  return fail("INTERNAL", `carrier ${port.name} ended with ${account.exposed} segments of which it said nothing`);
}

/** Polls, because it is rare. */
async function until(condition: () => boolean, ledger: Ledger): Promise<void> {
  while (!ledger.isClosed && !condition()) await new Promise((resolve) => setTimeout(resolve, DISPATCH.tickMs));
}
