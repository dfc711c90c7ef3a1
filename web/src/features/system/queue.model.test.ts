import { expect, it } from "vitest";
import { tableOf } from "./queue.model";

it("has a line for each kind and a column for each state, what works first", () => {
  const t = tableOf([
    { kind: "b", state: "completed", tasks: 7 },
    { kind: "a", state: "running", tasks: 1 },
    { kind: "b", state: "strange", tasks: 2 },
  ]);
  expect(t.states).toEqual(["running", "completed", "strange"]);
  expect(t.rows).toEqual([
    { kind: "a", tasks: [1, 0, 0] },
    { kind: "b", tasks: [0, 7, 2] },
  ]);
});
