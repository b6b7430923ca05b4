/** Runs a course (course.ts) in a thread of its own, whose clocks are ours. */
import { Worker } from "node:worker_threads";
import type { Course, CourseResult } from "./course.js";

/** Of a short text that is sent again where nothing else is said, and of twenty minutes at most. */
export function runCourse(course: Partial<Course> & Pick<Course, "people" | "carriers">): Promise<CourseResult> {
  const workerData: Course = { text: "Burgernet", onUnknown: "resend", limitMs: 1_200_000, ...course };
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./course-worker.js", import.meta.url), { workerData });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}
