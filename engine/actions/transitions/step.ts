/**
 * What follows from what happens to an action: the record as it is then, and what is to be brought about. Nothing is done here and
 * nothing looked up, so what is decided can be tested without a ledger, and is the same live, tried again and after a restart. The
 * lifecycle (lifecycle.ts) makes it happen. Of what comes before the first wave before.ts has the rules, of what comes after waves.ts
 * and, where it was asked for, rounds.ts.
 *
 * draft -> approved -> scheduled, where a start is set -> selecting -> sending -> sent -> ending -> ended -> archived. An edit leads back to
 * the draft; stopped in place of any up to sent; failed if the selection could not be made, found nobody or came too late; held in place of
 * what goes on by itself, until an operator says that it goes on. What is asked of one that was sent, or stopped, makes it sending again.
 *
 * Promises one first wave and one last word at most, a thank-you or a correction, and that nothing follows once an action has ended. What
 * happens too late, or a second time, changes nothing: the record that comes out is the one that went in.
 */
import { type ActionRecord, doingOf, heldFor, settled } from "../record.js";
import { approved, dispatched, due, edited, expired, selected, startedLate } from "./before.js";
import { refusalOf } from "./refusal.js";
import { corrected, momentCame, nobodyFor, repeated, roundFailed, updated, widened } from "./rounds.js";
import { archived, awaitsThanks, concluded, ended, goOn, isAtWork, opened, resent, resumed, stopped } from "./waves.js";
import { type ActionEvent, nothing, type Step, saved, signed, type Word } from "./words.js";

export function step(record: ActionRecord, event: ActionEvent): Step {
  switch (event.type) {
    case "due":
      return due(record, event);
    case "selected":
      return selected(record, event);
    case "expired":
      return expired(record, event.detail);
    case "archived":
      return archived(record);
    case "opened":
      return opened(record, event);
    case "concluded":
      return concluded(record, event.waveId);
    case "unthanked":
      return awaitsThanks(record) ? saved({ ...record, status: "ended", reason: event.reason }) : nothing(record);
    case "moment":
      return momentCame(record, event.atMs);
    case "nobody":
      return nobodyFor(record, event.round, event);
    case "waits":
      return isAtWork(record) ? { record: { ...record, reason: event.reason }, effects: [] } : nothing(record);
    case "failed":
      if (event.round !== undefined) return roundFailed(record, event.round, event.reason);
      return record.status === "selecting" || awaitsThanks(record)
        ? saved({ ...record, status: "failed", reason: event.reason })
        : nothing(record);
    case "held": {
      const held = heldFor(record, event.reason);
      return held === record ? nothing(record) : { record: { ...held, doubted: true }, effects: [{ do: "hold" }] };
    }
    case "found": {
      const found = event.refusal === null ? record : heldFor(record, event.refusal);
      return event.isDamaged && found.status === "held" ? nothing(found) : goOn(found);
    }
    default:
      return refusalOf(record, event.type, event.atMs) ? nothing(record) : heeded(signed(record, event), event);
  }
}

/** A word that is not refused; `record` says already whose it is. */
function heeded(record: ActionRecord, word: Word): Step {
  switch (word.type) {
    case "edited":
      return edited(record, word);
    case "approved":
      return approved(record);
    case "dispatched":
      return dispatched(record, word);
    case "stopped":
      return stopped(record, word);
    case "resumed":
      return resumed(startedLate(settled(record, doingOf(record)), word));
    case "resent":
      return resent(record, word);
    case "ended":
      return ended(record, word);
    case "updated":
      return updated(record, word);
    case "widened":
      return widened(record, word);
    case "repeated":
      return repeated(record, word);
    case "corrected":
      return corrected(record, word);
  }
}
