/** Test groups over the API: whom exercises and tests are held to. They are the whole service's, so no key for municipalities keeps them. */
import type { TestGroups } from "../../../../engine/registry/test-groups.js";
import {
  TestGroupInput,
  TestGroupList,
  TestGroupMembers,
  TestGroupName,
} from "../../../../schemas/api/action/test-group.js";
import { fail, ok, type Result } from "../../../../schemas/errors.js";
import { respond, respondEmpty } from "../../request/response.js";
import { type Route, route, type Who } from "../../request/route.js";

const PATH = "/v1/test-groups";
const ONE = `${PATH}/{group}`;
const params = { group: TestGroupName };
const CHANGING = { auth: "key", scopes: ["registry"] } as const;

type Groups = Pick<TestGroups, "all" | "members" | "put" | "remove">;

export function testGroupRoutes(groups: Groups): Route[] {
  return [
    route({
      method: "GET",
      path: PATH,
      summary: "Test groups by name, and how many are in each",
      auth: "key",
      scopes: ["draft", "dispatch", "registry"],
      response: { status: 200, description: "All of them", schema: TestGroupList },
      handle: () => respond({ testGroups: groups.all() }),
    }),
    route({
      ...CHANGING,
      method: "GET",
      path: ONE,
      summary: "One test group with its members",
      params,
      response: { status: 200, description: "The group", schema: TestGroupMembers },
      handle: ({ params: { group }, caller }) => {
        const allowed = everywhere(caller);
        return allowed.ok ? shown(groups, group) : allowed;
      },
    }),
    route({
      ...CHANGING,
      method: "PUT",
      path: ONE,
      summary: "Make a test group of these participants, who have agreed to it, whoever was in it before",
      grows: true,
      params,
      body: TestGroupInput,
      response: { status: 200, description: "The group", schema: TestGroupMembers },
      problems: ["TOO_MANY_TEST_GROUPS", "STORE_WRITE_FAILED"],
      handle: async ({ params: { group }, body, caller }) => {
        const allowed = everywhere(caller);
        const put = allowed.ok ? await groups.put(group, body.participants) : allowed;
        return put.ok ? shown(groups, group) : put;
      },
    }),
    route({
      ...CHANGING,
      method: "DELETE",
      path: ONE,
      summary: "Take a test group away: what is held to it and not yet selected reaches nobody",
      params,
      response: { status: 204, description: "It is gone" },
      problems: ["STORE_WRITE_FAILED"],
      handle: async ({ params: { group }, caller }) => {
        const allowed = everywhere(caller);
        return respondEmpty(allowed.ok ? await groups.remove(group) : allowed);
      },
    }),
  ];
}

function shown(groups: Groups, name: string) {
  const members = groups.members(name);
  if (members === undefined) return fail("NOT_FOUND", "There is no such test group", "group");
  return respond({ name, members: members.size, participants: [...members] });
}

function everywhere({ municipalities }: Who): Result<void> {
  if (municipalities === undefined) return ok(undefined);
  return fail("FORBIDDEN", "Test groups are of the whole service", "Authorization");
}
