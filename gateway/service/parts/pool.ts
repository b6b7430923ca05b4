/** The threads that load, select and count (engine/pool). A part of service.ts. */
import type { Logger } from "pino";
import { createPool, type TaskPool } from "../../../engine/pool/tasks.js";
import type { Closing } from "../closing.js";

export function startPool(log: Logger, closing: Closing): TaskPool {
  const pool = createPool();
  pool.on("error", ({ message }) => log.error({ message }, "an idle worker stopped and was replaced"));
  closing.add(() => pool.destroy());
  return pool;
}
