/** Whose turn it is: by itself, and in the pool, where an alarm passes whatever waits. */
import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { type Turn, Turns } from "../../../engine/pool/turns.js";

/** Takes a place for each, and notes in which order they got it. */
function queueUp(turns: Turns, wanted: readonly Turn[], log: string[], signal?: AbortSignal): Promise<void>[] {
  return wanted.map(async (turn, index) => {
    const taken = await turns.take({ turn, signal });
    log.push(`${turn} ${index}${taken.ok ? "" : ` ${taken.problem.code}`}`);
    if (taken.ok) turns.give(turn);
  });
}

describe("turns", () => {
  it("go by precedence, then upkeep, then what is optional; equal ones as they came", async () => {
    const turns = new Turns(1);
    await turns.take({ turn: "optional" });
    const log: string[] = [];
    const wanted = ["optional", "normal", "upkeep", "urgent", "extreme", "normal", "extreme"] as const;
    const all = queueUp(turns, wanted, log);
    expect(turns.isDispatchWaiting).toBe(true);
    turns.give("optional");
    await Promise.all(all);
    expect(log).toEqual(["extreme 4", "extreme 6", "urgent 3", "normal 1", "normal 5", "upkeep 2", "optional 0"]);
    expect(turns.isDispatchWaiting).toBe(false);
  });

  it("keep one place for dispatch, which may have all of them", async () => {
    const turns = new Turns(3);
    const log: string[] = [];
    await turns.take({ turn: "optional" });
    await turns.take({ turn: "upkeep" });
    const waiting = queueUp(turns, ["optional"], log);
    await Promise.all(queueUp(turns, ["normal"], log));
    expect(log).toEqual(["normal 0"]);
    await turns.take({ turn: "urgent" });
    const alarm = queueUp(turns, ["extreme"], log);
    turns.give("optional");
    await Promise.all([...alarm, ...waiting]);
    expect(log).toEqual(["normal 0", "extreme 0", "optional 0"]);
  });

  it("are left by who does not want it any more, and by all at a close", async () => {
    const turns = new Turns(1);
    await turns.take({ turn: "normal" });
    const log: string[] = [];
    const leaving = new AbortController();
    const left = queueUp(turns, ["optional", "optional"], log, leaving.signal);
    const staying = queueUp(turns, ["optional"], log);
    leaving.abort();
    await Promise.all(left);
    expect(await turns.take({ turn: "optional", signal: leaving.signal })).toMatchObject({
      problem: { code: "CANCELLED" },
    });
    turns.close();
    await Promise.all(staying);
    expect(log).toEqual(["optional 0 CANCELLED", "optional 1 CANCELLED", "optional 0 NOT_READY"]);
    expect(await turns.take({ turn: "extreme" })).toMatchObject({ problem: { code: "NOT_READY" } });
  });

  it.each<[string, (turns: Turns, leaving: readonly AbortController[]) => void]>([
    ["got their turn", (turns) => turns.give("normal")],
    ["left", (_, leaving) => leaving.forEach((each) => void each.abort())],
    ["were turned away", (turns) => turns.close()],
  ])("watch a signal once, however many wait with it, and no more when all %s", async (_, end) => {
    const turns = new Turns(1);
    await turns.take({ turn: "normal" });
    const leaving = [new AbortController(), new AbortController()];
    const watched = () => leaving.map(({ signal }) => getEventListeners(signal, "abort").length);
    const optional = Array.from({ length: 20 }, () => "optional" as const);
    const all = leaving.flatMap(({ signal }) => queueUp(turns, optional, [], signal));
    expect(watched()).toEqual([1, 1]);
    end(turns, leaving);
    await Promise.all(all);
    expect(watched()).toEqual([0, 0]);
  });
});
