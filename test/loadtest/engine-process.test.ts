/** A service that is started to be asked something is asked itself, and no other that has the port which was to be its own. */
import { Server } from "node:net";
import { expect, it, onTestFinished, vi } from "vitest";
import { EVERYWHERE, Whole } from "../service/whole.js";

it("two that start at one time are each asked at their own port, whichever was free a moment ago", async () => {
  const first = await Whole.start(10, [{ name: "north" }]);
  // As when both were told of the same free port before either had it.
  const address = { address: "127.0.0.1", family: "IPv4", port: first.engine.port };
  vi.spyOn(Server.prototype, "address").mockReturnValue(address);
  onTestFinished(() => void vi.restoreAllMocks());
  const second = await Whole.start(10, [{ name: "north" }]);
  const area = EVERYWHERE;
  const { id } = await second.engine.createAction({ area, text: "Burgernet." });
  expect((await second.engine.action(id)).id).toBe(id);
  await expect(first.engine.action(id)).rejects.toThrow("NOT_FOUND");
});
