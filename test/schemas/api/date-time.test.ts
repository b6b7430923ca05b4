import { expect, test } from "vitest";
import { ActionRequest } from "../../../schemas/api/api.js";
import { DateTimeInput } from "../../../schemas/api/date-time.js";
import { ParticipantChange } from "../../../schemas/api/participant.js";
import { PositionUpdate } from "../../../schemas/api/position.js";

test.each([
  ["2026-11-30T12:00+01:00", "2026-11-30T12:00:00+01:00"],
  ["2026-11-30T11:00Z", "2026-11-30T11:00:00Z"],
  ["2026-11-30t11:00:00z", "2026-11-30T11:00:00Z"],
  ["2026-11-30T12:00:00.25+01:00", "2026-11-30T12:00:00.25+01:00"],
  ["2024-02-29T23:59-00:00", "2024-02-29T23:59:00-00:00"],
])("%s is read, and shown as RFC 3339 has it", (given, shown) => {
  expect(DateTimeInput.parse(given)).toBe(shown);
});

test.each([
  "2026-11-30T12:00",
  "2026-11-30",
  "2026-11-30T12+01:00",
  "2026-02-29T12:00Z",
  "2026-11-30T24:00Z",
  "12:00Z",
  "",
])("%j is no date-time with its zone", (text) => {
  expect(DateTimeInput.safeParse(text).success).toBe(false);
});

test("every date-time that the API is given may leave its seconds out", () => {
  const at = "2026-11-30T12:00+01:00";
  const shown = "2026-11-30T12:00:00+01:00";
  const area = { type: "Circle", center: [5.1, 52.1], radiusMeters: 1_000 };
  expect(ActionRequest.parse({ area, text: "x", expiresAt: at }).expiresAt).toBe(shown);
  expect(PositionUpdate.parse({ participant: 1, position: [5.1, 52.1], at }).at).toBe(shown);
  expect(ParticipantChange.parse({ paused: { until: at } }).paused).toEqual({ until: shown });
});
