/**
 * A municipality's file through the whole: the service on a real store, imports and corrections over HTTP, and selections that
 * see them, also after a start. What the service says of itself has nothing of a person in it.
 */
import { expect, test } from "vitest";
import type { Statistics } from "../../../schemas/api/municipality.js";
import { filesOf, InProcess } from "../in-process.js";

const FIRST = 31_612_000_000;
const COUNT = 2_000;
/** In the Markermeer, where no generated participant lives. */
const HOME = [5.12, 52.52] as const;
const NAME = "nelleke.de.vries";

function fileOf(channels: string): string {
  const lines = Array.from({ length: COUNT }, (_, index) => {
    return `+${FIRST + index},nl,home,${HOME.join(",")},${channels},always,GM0344,${NAME}.${index}@example.org\n`;
  });
  return `number,language,kind,lng,lat,channels,schedule,municipality,mail\n${lines.join("")}`;
}

test("what a municipality imports is asked by the next selection, also after a start, and erased for good", async () => {
  const whole = await InProcess.start();
  expect(await whole.reached(HOME, 500)).toBe(0);
  expect(await whole.import(fileOf("sms:alarm"))).toMatchObject({ state: "done", report: { added: COUNT } });
  expect(await whole.reached(HOME, 500)).toBe(COUNT);
  expect((await whole.ask<Statistics>("municipality", "GET", "/v1/statistics")).json.withMail).toBe(COUNT);
  await whole.service.close();
  await whole.open();
  expect(await whole.reached(HOME, 500)).toBe(COUNT);
  expect(await whole.import(fileOf("sms:trace"))).toMatchObject({
    report: { changed: COUNT, fields: { locations: COUNT } },
  });
  expect(await whole.reached(HOME, 500)).toBe(0);
  expect(await whole.import(fileOf("sms:alarm"))).toMatchObject({ report: { changed: COUNT } });
  const mail = `${NAME}.7@example.org`;
  const found = await whole.ask<{ participants: { participant: number }[] }>(
    "municipality",
    "POST",
    "/v1/participants/search",
    { mail },
  );
  const path = `/v1/participants/${found.json.participants[0]!.participant}`;
  expect((await whole.ask("municipality", "DELETE", path)).status).toBe(204);
  expect(await whole.reached(HOME, 500)).toBe(COUNT - 1);
  for (const bytes of [Buffer.from(whole.said.join("")), filesOf(whole.folder)]) {
    expect(bytes.includes(NAME)).toBe(false);
    expect(bytes.includes(String(FIRST).slice(0, 8))).toBe(false);
  }
});
