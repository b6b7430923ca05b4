import { expect, it } from "vitest";
import { isLastOfChannel } from "../../gateway/console/app/operations/last.js";

it("the last carrier of a channel is the last, whatever else sends other channels", () => {
  const channels = new Map([
    ["north", "sms"],
    ["south", "sms"],
    ["phones", "push"],
  ]);
  const carriers = (south: string) => [
    { name: "north", state: "running" },
    { name: "south", state: south },
    { name: "phones", state: "running" },
  ];
  expect(isLastOfChannel("north", carriers("running"), channels)).toBe(false);
  expect(isLastOfChannel("north", carriers("paused"), channels)).toBe(true);
  expect(isLastOfChannel("phones", carriers("running"), channels)).toBe(true);
});
