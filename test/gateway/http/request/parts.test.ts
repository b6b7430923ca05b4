/** Keys, the rate, problem documents and metrics: what can be shown without a socket. */
import { describe, expect, it } from "vitest";
import { hashSecret, newSecret } from "../../../../engine/rights/secrets.js";
import {
  addressCounted,
  canonicalAddress,
  isLoopback,
  TrustedProxies,
} from "../../../../gateway/http/request/client-address.js";
import { bearerKey } from "../../../../gateway/http/request/keys.js";
import { jsonPointer, problemDocument, validationProblem } from "../../../../gateway/http/request/problem.js";
import { RateLimiter } from "../../../../gateway/http/request/rate.js";
import { WideningRequest } from "../../../../schemas/api/action/follow-up.js";
import { ActionRequest } from "../../../../schemas/api/api.js";
import { ProblemDocument } from "../../../../schemas/api/problem.js";
import { ERRORS, type ErrorCode } from "../../../../schemas/errors.js";
import { API } from "../../../../schemas/limits.js";
import { startRig } from "../support.js";

describe("API keys", () => {
  it("are 256 bits, never the same, and stored as SHA-256", () => {
    const keys = Array.from({ length: 1_000 }, newSecret);
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys) expect(key).toMatch(/^spk_[A-Za-z0-9_-]{43}$/);
    // FIPS 180-2, the example "abc".
    expect(hashSecret("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });

  it("are read from the header as they are made", () => {
    const key = newSecret();
    expect(bearerKey(`Bearer ${key}`)).toBe(key);
    expect(bearerKey(`bearer  ${key} `)).toBe(key);
    for (const wrong of ["", key, `Basic ${key}`, `Bearer${key}`, `Bearer ${key} x`]) {
      expect(bearerKey(wrong)).toBeUndefined();
    }
  });
});

describe("what fits none of several shapes", () => {
  const found = (asked: object) => {
    const { error } = ActionRequest.safeParse({ area: { type: "Circle", center: [5, 52] }, text: "a", ...asked });
    return validationProblem(error?.issues ?? []);
  };
  const widened = (rings: unknown) => validationProblem(WideningRequest.safeParse({ rings }).error?.issues ?? []);

  it("is told by what is wrong with the one that it comes nearest to", () => {
    expect(found({ groups: { only: ["x"] } })).toMatchObject({ code: "INVALID_FIELD", field: "/groups/only/0" });
    expect(found({ groups: { first: [] } })).toMatchObject({ field: "/groups/first" });
    expect(found({ groups: { only: ["help"], first: ["help"] } })).toMatchObject({ field: "/groups/first" });
    expect(widened({ radiiMeters: [5, 4], everySeconds: 60 })).toMatchObject({ field: "/rings/radiiMeters" });
    expect(widened({ stepMeters: 500, everySeconds: 60 })).toEqual({
      ...{ code: "INVALID_FIELD", field: "/rings/maxRadiusMeters", detail: "It is missing" },
    });
  });

  it("is told in words of its own where it has some, and where a word says which shape it is", () => {
    expect(found({ kind: "burglary", fields: { place: 1 } })).toMatchObject({
      ...{ field: "/fields/place", detail: "What is filled in, or what is by language" },
    });
    expect(found({ area: { type: "Square" } })).toMatchObject({ field: "/area/type" });
  });
});

describe("the rate", () => {
  it("counts each key by the second", () => {
    let now = 5_000;
    const limiter = new RateLimiter(2, { nowMs: () => now });
    const take = (key: string): boolean => limiter.take(key).allowed;
    expect([take("a"), take("a"), take("a"), take("b")]).toEqual([true, true, false, true]);
    now += 999;
    expect(limiter.take("a")).toEqual({ allowed: false, limit: 2, remaining: 0, resetSeconds: 1 });
    now += 1;
    expect(limiter.take("a")).toEqual({ allowed: true, limit: 2, remaining: 1, resetSeconds: 1 });
  });

  it("shuts nobody new out where many are counted: who asked longest ago is forgotten", () => {
    const limiter = new RateLimiter(2, { windowMs: 60_000, most: 3, nowMs: () => 0 });
    const take = (address: string): boolean => limiter.take(address).allowed;
    expect([take("busy"), take("busy"), take("busy")]).toEqual([true, true, false]);
    for (let one = 0; one < 1_000; one++) {
      expect(take(`new ${one}`)).toBe(true);
      // Who goes on asking goes on being counted.
      expect(take("busy")).toBe(false);
    }
  });
});

describe("what is this machine", () => {
  it.each([
    ["127.0.0.1", true],
    ["127.8.8.8", true],
    ["0000:0000:0000:0000:0000:0000:0000:0001", true],
    ["0000:0000:0000:0000:0000:ffff:7f00:0001", true],
    ["0000:0000:0000:0000:0000:ffff:0a00:0001", false],
    ["::1", true],
    ["::ffff:127.0.0.1", true],
    ["::ffff:10.0.0.1", false],
    ["::127.0.0.1", false],
    ["fe80::1", false],
    ["10.127.0.1", false],
    ["", false],
  ])("%s", (address, local) => {
    expect(isLoopback(address)).toBe(local);
  });
});

describe("addresses", () => {
  it.each([
    ["0000:0000:0000:0000:0000:ffff:0a00:0001", "10.0.0.1", "10.0.0.1"],
    ["::ffff:10.0.0.1", "10.0.0.1", "10.0.0.1"],
    ["10.0.0.1", "10.0.0.1", "10.0.0.1"],
    ["2001:0db8:0000:0001:0000:0000:0000:00a7", "2001:db8:0:1:0:0:0:a7", "2001:db8:0:1::/64"],
    ["2001:db8:0:1::a7", "2001:db8:0:1:0:0:0:a7", "2001:db8:0:1::/64"],
    ["fe80::1%eth0", "fe80:0:0:0:0:0:0:1", "fe80:0:0:0::/64"],
    ["::", "0:0:0:0:0:0:0:0", "0:0:0:0::/64"],
    ["nonsense", "nonsense", "nonsense"],
  ])("%s is one of a kind", (address, one, counted) => {
    expect(canonicalAddress(address)).toBe(one);
    expect(addressCounted(address)).toBe(counted);
  });

  const clientOf = (proxies: string, address: string, forwarded: string): string | undefined => {
    const trusted = TrustedProxies.read(proxies);
    if (!trusted.ok) throw new Error(trusted.problem.detail);
    const incoming = { address: () => address, forwardedFor: () => forwarded };
    return trusted.value.clientOf(incoming);
  };

  it.each([
    ["", "127.0.0.1", "", "127.0.0.1"],
    // A proxy on this machine that nobody has named, and any that names nobody: it may be everybody.
    ["", "127.0.0.1", "8.8.8.8", undefined],
    ["", "10.9.9.9", "8.8.8.8", "10.9.9.9"],
    ["127.0.0.1", "127.0.0.1", "1.1.1.1, 8.8.8.8", "8.8.8.8"],
    ["127.0.0.1", "::ffff:127.0.0.1", "8.8.8.8", "8.8.8.8"],
    ["10.0.0.0/8 , ::1", "0000:0000:0000:0000:0000:0000:0000:0001", "2001:db8::1", "2001:db8:0:0:0:0:0:1"],
    ["10.0.0.0/8", "11.0.0.1", "8.8.8.8", "11.0.0.1"],
    ["10.0.0.0/8", "10.9.9.9", "unknown", undefined],
    ["10.0.0.0/8", "10.9.9.9", "1.1.1.1, 8.8.8.8, 10.1.1.1", "8.8.8.8"],
    ["10.0.0.0/8", "10.9.9.9", "1.1.1.1, unknown, 10.1.1.1", undefined],
    ["10.0.0.0/8", "10.9.9.9", "10.2.2.2, 10.1.1.1", "10.2.2.2"],
    ["10.0.0.0/8", "10.9.9.9", "", undefined],
  ])("with %j trusted, %s with %j is %s", (proxies, address, forwarded, client) => {
    expect(clientOf(proxies, address, forwarded)).toBe(client);
  });

  it.each(["proxy.example", "10.0.0.0/33", "10.0.0.0/", "::1/129", "10.0.0.1;10.0.0.2"])("%s is no proxy", (text) => {
    expect(TrustedProxies.read(text)).toMatchObject({ ok: false, problem: { code: "CONFIGURATION_INVALID" } });
  });
});

describe("problems", () => {
  it("has a document for every code of the catalogue", () => {
    const types = (Object.keys(ERRORS) as ErrorCode[]).map((code) => {
      const document = ProblemDocument.parse(problemDocument({ code, detail: "why" }));
      expect(document.status).toBe(ERRORS[code].status);
      return document.type;
    });
    expect(new Set(types).size).toBe(types.length);
  });

  it("writes pointers as RFC 6901 does, and not without end", () => {
    expect(jsonPointer([])).toBe("");
    expect(jsonPointer(["a/b", "m~n", 0, ""])).toBe("/a~1b/m~0n/0/");
    expect(jsonPointer(["x".repeat(1e6)]).length).toBeLessThanOrEqual(API.fieldCharacters + 1);
    // A value in the place of a name is not repeated.
    expect(jsonPointer(["nelleke@example.org", "+31612345678", "locations", 12_345])).toBe("/…/…/locations/12345");
  });
});

describe("/metrics", () => {
  it("shows counts of the engine, durations by route template, and the event loop", async () => {
    const rig = await startRig();
    await rig.send("GET", "/v1/actions/0192f0c1-7d1e-7a44-8a9f-3f1f6a3f7b11");
    await rig.send("GET", "/nowhere/0612345678");
    const { text, headers } = await rig.send("GET", "/metrics");
    await rig.close();
    expect(headers["content-type"]).toContain("text/plain; version=0.0.4");
    const lines = text.split("\n");
    const http = "seinpost_http_request_duration_seconds_count";
    for (const line of [
      'seinpost_actions_total{kind="missingPerson"} 3',
      'seinpost_actions_unreal_total{mode="exercise"} 2',
      'seinpost_actions_failed_total{code="WORKER_DIED"} 2',
      'seinpost_recipients{state="pending"} 7',
      "seinpost_possible_duplicates 2",
      "seinpost_actions_held 1",
      "seinpost_recipients_without_carrier 4",
      'seinpost_messages_total{kind="reply"} 5',
      "seinpost_log_lines_dropped_total 4",
      'seinpost_messages_total{kind="stop"} 2',
      'seinpost_carrier_submitted_total{carrier="alpha"} 120',
      'seinpost_carrier_in_flight{carrier="alpha"} 17',
      'seinpost_stray_receipts_total{carrier="alpha"} 3',
      'seinpost_carrier_latency_p50_seconds{carrier="alpha"} 0.0015',
      `${http}{method="GET",route="/v1/actions/{id}",status="404"} 1`,
      `${http}{method="other",route="unmatched",status="404"} 1`,
      "seinpost_selection_duration_seconds_count 0",
      `seinpost_build_info{version="1.2.3",node="${process.versions.node}"} 1`,
      "seinpost_participants 1600000",
      "seinpost_store_commits_total 9",
      "seinpost_store_commit_seconds_total 0.25",
      "seinpost_selection_waiting 2",
      "seinpost_selection_workers_died_total 1",
      'seinpost_codes_total{outcome="asked"} 6',
      'seinpost_imports_total{outcome="refused"} 1',
      "seinpost_imports_running 1",
      "seinpost_imports_stuck 1",
      "seinpost_positions_known 8",
      'seinpost_positions_total{outcome="older"} 2',
    ]) {
      expect(lines).toContain(line);
    }
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
    expect(text).not.toContain("0612345678");
  });
});
