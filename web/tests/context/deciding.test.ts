/** One deed at a time, in the right order. */
import { expect, test } from "vitest";
import { type Candidate, type Deed, next } from "../../src/context/deciding.ts";
import type { Phase } from "../../src/context/types.ts";

function candidate(id: string, phase: Phase, more: Partial<Candidate> = {}): Candidate {
  return { id, phase, isGood: true, dueAt: 0, ...more };
}

const uploaded = candidate("a", "uploaded");
const pausing = candidate("a", "associating", { dueAt: 200 });
const later = candidate("b", "uploading");

test.each<[string, Candidate[], boolean, Deed]>([
  ["nothing without pictures", [], false, { kind: "rest" }],
  ["a picture is associated", [uploaded], false, { kind: "associate", id: "a" }],
  ["before one to come is announced", [later, uploaded], false, { kind: "associate", id: "a" }],
  ["one to come is announced", [later], false, { kind: "announce" }],
  ["one that waits for it too", [candidate("b", "waiting")], false, { kind: "announce" }],
  ["once", [later], true, { kind: "rest" }],
  ["and taken back where none comes", [candidate("b", "failed")], true, { kind: "withdraw" }],
  [
    "the second waits for the first",
    [pausing, candidate("c", "uploaded")],
    false,
    { kind: "wait", until: 200 },
  ],
  ["until it is due", [{ ...pausing, dueAt: 100 }], false, { kind: "associate", id: "a" }],
  ["and one to come is announced meanwhile", [pausing, later], false, { kind: "announce" }],
  [
    "a failed one holds up nobody",
    [candidate("a", "failed"), candidate("c", "uploaded")],
    false,
    { kind: "associate", id: "c" },
  ],
  [
    "a copy of another conversation is left alone",
    [{ ...uploaded, isGood: false }],
    false,
    { kind: "rest" },
  ],
  ["what is associated is through", [candidate("a", "associated")], false, { kind: "rest" }],
])("%s", (_, candidates, isAnnounced, deed) => {
  expect(next(candidates, isAnnounced, 100)).toEqual(deed);
});
