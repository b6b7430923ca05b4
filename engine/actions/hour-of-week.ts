/** The hour of the week in the registry's local time, for the weekly schedules: 0 is Monday 00:00, 167 Sunday 23:00. */

const TIME_ZONE = "Europe/Amsterdam";
const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const FORMAT = new Intl.DateTimeFormat("en-GB", {
  timeZone: TIME_ZONE,
  weekday: "short",
  hour: "2-digit",
  hour12: false,
});

export function hourOfWeek(atMs: number): number {
  let day = 0;
  let hour = 0;
  for (const part of FORMAT.formatToParts(atMs)) {
    if (part.type === "weekday") day = DAYS.indexOf(part.value);
    if (part.type === "hour") hour = Number(part.value) % 24;
  }
  return day * 24 + hour;
}
