/**
 * What sending a text would cost: the parts that go over the air, at each carrier's price, with the recipients divided among
 * the carriers by their shares.
 */
import type { Preview } from "../../../schemas/api/api.js";
import type { Priced } from "../../dispatch/plan/channel-port.js";
import { COST_STEPS } from "../../rights/spending.js";

/** Null where a carrier's price is not known, where they don't share a currency, and without any carrier. */
export function costOf(
  recipients: number,
  text: string,
  carriers: readonly Pick<Priced, "share" | "costPerSegment" | "currency" | "adviseText">[],
): Preview["forecast"]["cost"] {
  const currency = carriers[0]?.currency;
  const shares = carriers.reduce((sum, { share }) => sum + share, 0);
  let amount = 0;
  for (const carrier of carriers) {
    if (carrier.costPerSegment === null || carrier.currency !== currency) return null;
    const sentTo = (recipients * carrier.share) / shares;
    amount += sentTo * carrier.adviseText(text).onAir * carrier.costPerSegment;
  }
  return currency === undefined ? null : { amount: Math.round(amount * COST_STEPS) / COST_STEPS, currency };
}

/** Of several texts together. */
export function costOfAll(
  messages: readonly { readonly text: string; readonly recipients: number }[],
  carriers: Parameters<typeof costOf>[2],
): ReturnType<typeof costOf> {
  let amount = 0;
  let currency: string | undefined;
  for (const { text, recipients } of messages) {
    const cost = costOf(recipients, text, carriers);
    if (cost === null) return null;
    amount += cost.amount;
    currency = cost.currency;
  }
  return currency === undefined ? null : { amount: Math.round(amount * COST_STEPS) / COST_STEPS, currency };
}
