import fc from "fast-check";
import { expect, test } from "vitest";
import { PositionHeap } from "../../../../engine/dispatch/wave/position-heap.js";

const step = fc.oneof(
  fc.record({ do: fc.constant("push" as const), position: fc.nat({ max: 60 }) }),
  fc.record({ do: fc.constant("pop" as const), position: fc.constant(0) }),
  fc.record({ do: fc.constant("remove" as const), position: fc.nat({ max: 60 }) }),
  fc.record({ do: fc.constant("lowest" as const), position: fc.nat({ max: 7 }) }),
);

test("gives the same as a sorted list, whatever is pushed, popped and taken out", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const heap = new PositionHeap();
      let list: number[] = [];
      for (const { do: what, position } of steps) {
        if (what === "push") {
          heap.push(position);
          list = [...list, position].sort((a, b) => a - b);
        } else if (what === "pop") expect(heap.pop()).toBe(list.shift() ?? -1);
        else if (what === "remove") {
          heap.remove(position);
          const at = list.indexOf(position);
          if (at >= 0) list.splice(at, 1);
        } else {
          const cost = (each: number): number => (each * 31) % (position + 1);
          const least = Math.min(...list.map(cost));
          expect(heap.lowestBy(cost)).toBe(list.find((each) => cost(each) === least) ?? -1);
        }
        expect([heap.size, heap.peek()]).toEqual([list.length, list[0] ?? -1]);
      }
    }),
    { numRuns: 500 },
  );
});
