import { expect, test } from "vitest";
import { readHeader } from "../../../../engine/registry/csv/header.js";
import { RowReader } from "../../../../engine/registry/csv/row.js";

const HEADER =
  "participant,number,status,language,kind,lng,lat,channels,schedule,municipality,pausedUntil,joinedOn".split(",");
const ROW = "paused,nl,home,4.5,52.25,sms:alarm,always,GM0363,2030-01-01T00:00:00Z,2029-12-31";

function reader(options: ConstructorParameters<typeof RowReader>[1]): RowReader {
  const header = readHeader(HEADER);
  if ("wrong" in header) throw new Error(header.wrong);
  return new RowReader(header, options);
}

test("a participant may be left empty only where that is asked for, and a wrong one is wrong there too", () => {
  const nowMs = Date.UTC(2029, 11, 31);
  expect(reader({ nowMs }).read(`,+31612000001,${ROW}`.split(","))).toBe("PARTICIPANT_INVALID");
  const lenient = reader({ nowMs, participantMayLack: true });
  expect(lenient.read(`,+31612000001,${ROW}`.split(","))).toBeUndefined();
  expect(lenient.values).toMatchObject({ participant: -1, number: 31_612_000_001, status: 1 });
  expect(lenient.read(`x,+31612000001,${ROW}`.split(","))).toBe("PARTICIPANT_INVALID");
  expect(lenient.read(`7,,${ROW}`.split(","))).toBeUndefined();
  expect(lenient.values).toMatchObject({ participant: 7, number: 0 });
});

test("what is over or still to come is told from the moment that is given", () => {
  const before = reader({ nowMs: Date.UTC(2030, 0, 1) - 1 });
  expect(before.read(`1,,${ROW}`.split(","))).toBeUndefined();
  expect(before.values).toMatchObject({ status: 1, pausedUntil: Date.UTC(2030, 0, 1) / 1_000 });
  const after = reader({ nowMs: Date.UTC(2030, 0, 1) });
  expect(after.read(`1,,${ROW}`.split(","))).toBeUndefined();
  expect(after.values).toMatchObject({ status: 0, pausedUntil: 0 });
  expect(reader({ nowMs: Date.UTC(2029, 11, 29) }).read(`1,,${ROW}`.split(","))).toBe("JOINED_ON_INVALID");
});
