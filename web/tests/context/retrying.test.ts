/** Pauses grow, keep to Retry-After, and end. */
import { expect, test } from "vitest";
import { retryAfter } from "../../src/context/asking.ts";
import { pause } from "../../src/context/retrying.ts";

const usual = { attempts: 1, retryAfter: null, spent: 0, patience: 60_000, chance: 0.5 };

test("pauses double from half a second to ten", () => {
  const pauses = [1, 2, 3, 4, 5, 6, 7, 1000].map((attempts) => pause({ ...usual, attempts }));
  expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000]);
});

test("chance spreads them by a quarter", () => {
  expect(pause({ ...usual, chance: 0 })).toBe(375);
  expect(pause({ ...usual, chance: 1 })).toBe(625);
});

test("Retry-After makes a pause longer, never shorter", () => {
  expect(pause({ ...usual, retryAfter: 7_000 })).toBe(7_000);
  expect(pause({ ...usual, retryAfter: 0 })).toBe(500);
});

test("it is given up when the pause would end too late", () => {
  expect(pause({ ...usual, spent: 59_500 })).toBe(500);
  expect(pause({ ...usual, spent: 59_501 })).toBeNull();
  expect(pause({ ...usual, retryAfter: 60_001 })).toBeNull();
});

test.each([
  ["3", 3_000],
  ["0", 0],
  ["Tue, 24 Nov 2026 10:00:05 GMT", 5_000],
  ["Tue, 24 Nov 2026 09:00:00 GMT", 0],
  ["-1", 0],
  ["soon", null],
  ["", null],
  [null, null],
])("Retry-After %j asks for %j milliseconds", (value, wanted) => {
  expect(retryAfter(value, Date.parse("2026-11-24T10:00:00Z"))).toBe(wanted);
});
