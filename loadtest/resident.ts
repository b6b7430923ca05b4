/** The memory that a process takes, without files that are mapped, as Linux counts it. */
import { readFileSync } from "node:fs";

/** In MB (10^6 bytes): RssAnon + RssShmem. Throws where there is no such process. */
export function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const kilobytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0);
  return ((kilobytes("RssAnon") + kilobytes("RssShmem")) * 1_024) / 1e6;
}
