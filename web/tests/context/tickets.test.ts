/** Upload tickets: from the application's own function, which may be late, or lie. */
import { afterEach, expect, test, vi } from "vitest";
import { Tickets } from "../../src/context/tickets.ts";

afterEach(() => void vi.useRealTimers());

test("a function that never answers is given up, and asked anew the next time", async () => {
  vi.useFakeTimers();
  let asked = 0;
  const tickets = new Tickets(() => () => (++asked === 1 ? new Promise(() => {}) : "good"));
  const given = tickets.current().catch(String);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await given).toMatch(/did not come in time/);
  expect(await tickets.current()).toBe("good");
  expect([asked, vi.getTimerCount()]).toEqual([2, 0]);
});

test("a function that throws at once leaves no timer behind", async () => {
  vi.useFakeTimers();
  const tickets = new Tickets(() => () => {
    throw new Error("log in");
  });
  await expect(tickets.current()).rejects.toThrow("log in");
  expect(vi.getTimerCount()).toBe(0);
});

test("a function that throws is asked anew, and one answer serves all that ask at once", async () => {
  const answers = [() => Promise.reject(new Error("log in")), () => Promise.resolve("good")];
  const source = vi.fn(() => answers.shift()?.() ?? "another");
  const tickets = new Tickets(() => source);
  await expect(tickets.current()).rejects.toThrow("log in");
  expect(await Promise.all([tickets.current(), tickets.current()])).toEqual(["good", "good"]);
  expect(await Promise.all([tickets.another("good"), tickets.another("good")])).toEqual([
    "another",
    "another",
  ]);
  expect(source).toHaveBeenCalledTimes(3);
});
