/** The shapes of the API with which test groups are kept. */
import { z } from "zod";
import { TEST_GROUPS } from "../../limits.js";

export const TestGroupName = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/, { error: "1 to 32 small letters, digits and hyphens" })
  .meta({ description: "Of a test group" });

export const TestGroupInput = z
  .strictObject({
    participants: z
      .array(z.int().min(0).max(0xffff_ffff))
      .min(1)
      .max(TEST_GROUPS.members)
      .meta({ description: "Numbers of those who have agreed to get exercises and tests" }),
  })
  .meta({ id: "TestGroupInput" });

const TestGroup = z
  .object({
    name: TestGroupName,
    members: z.int().meta({ description: "How many there are now; who was erased is none any more" }),
  })
  .meta({ id: "TestGroup" });

export const TestGroupMembers = z
  .object({ ...TestGroup.shape, participants: z.array(z.int()) })
  .meta({ id: "TestGroupMembers" });

export const TestGroupList = z.object({ testGroups: z.array(TestGroup) }).meta({ id: "TestGroupList" });
