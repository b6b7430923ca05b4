/** When people want to be reached elsewhere than at home: a dozen schedules, the common ones first. */

import { parseSchedule } from "../../engine/registry/record/profile/schedule.js";
import { ALWAYS_EVERYTHING, type TermsTable } from "../../engine/registry/record/terms.js";
import { assert } from "../../schemas/errors.js";

const SCHEDULES = [
  "mo-fr 08-18",
  "mo-fr 07-19",
  "always",
  "mo-fr 09-17",
  "mo-th 08-18",
  "mo-fr 06-15",
  "mo-sa 08-18",
  "mo-su 07-23",
  "mo-fr 14-23",
  "mo-fr 18-23; sa+su 09-23",
  "fr-su 10-24",
  "mo-th 22-24; tu-fr 00-07",
];

/** Their rows in the table, in this order. */
export function generatedSchedules(table: TermsTable): number[] {
  return SCHEDULES.map((text) => {
    const hours = parseSchedule(text);
    assert(hours !== undefined, `"${text}" is a schedule`);
    const row = table.add({ ...ALWAYS_EVERYTHING, hours });
    assert(row !== undefined, "the table has room");
    return row;
  });
}
