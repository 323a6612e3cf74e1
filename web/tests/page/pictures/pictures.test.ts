import { describe, expect, it } from "vitest";
import { intake, named } from "../../../src/page/pictures/intake.ts";
import { phaseOf } from "../../../src/page/pictures/phases.ts";
import { pictureTroubles } from "../../../src/page/pictures/troubles.ts";
import { picture, SENT, steps } from "../fakeImages.ts";

const problem = (code: string, canRetry: boolean) => ({ code, message: "no", canRetry });
const failed = (code: string, canRetry: boolean, sent: typeof SENT | undefined = undefined) =>
  picture({ phase: "failed", problem: problem(code, canRetry), sent });
const troubles = (...images: ReturnType<typeof picture>[]) =>
  pictureTroubles({ images, steps: [] }).map(({ title, wayOut }) => [title, wayOut]);

describe("a picture in trouble", () => {
  it.each([
    ["is none", failed("not_a_picture", false), ["cat.webp was not taken", "choose-another"]],
    ["did not arrive", failed("unreachable", true), ["cat.webp did not arrive", "try-again"]],
    ["lacks a ticket", failed("invalid_ticket", true), ["cat.webp was not sent", "look-at-ticket"]],
    [
      "is not associated",
      failed("store_failed", true, SENT),
      ["cat.webp could not be associated", "try-again"],
    ],
    [
      "stays",
      picture({ phase: "associated", problem: problem("unreachable", true), isUnwanted: true }),
      ["cat.webp could not be removed", "remove-again"],
    ],
    [
      "stays, half in the conversation",
      { ...failed("unreachable", true, SENT), isUnwanted: true },
      ["cat.webp could not be removed", "remove-again"],
    ],
  ])("that %s leads out", (_, image, expected) => expect(troubles(image)).toEqual([expected]));

  it("that is associated again by itself can be hurried", () => {
    const happened = {
      kind: "association-failed",
      problem: problem("store_failed", true),
      attempt: 1,
      willRetry: true,
    } as const;
    const images = [picture({ phase: "associating", problem: problem("store_failed", true) })];
    const [trouble] = pictureTroubles({ images, steps: steps(happened) });
    expect(trouble).toMatchObject({
      wayOut: "try-again",
      text: expect.stringContaining("by itself"),
    });
    expect(
      pictureTroubles({ images, steps: steps(happened, { kind: "associated", images: 1 }) }),
    ).toEqual([]);
  });
});

it("keeps back what has more bytes than the endpoint takes, and says how many", () => {
  const [small, large] = [
    new File(["x"], "small.png"),
    new File([new Uint8Array(2 ** 21)], "large.png"),
  ];
  const { take, refused } = intake([small, large], 2 ** 20);
  expect(take).toEqual([small]);
  expect(refused).toEqual([
    { name: "large.png", why: "It has 2 MiB, and this endpoint takes at most 1 MiB." },
  ]);
  expect(intake([large], null).take).toEqual([large]);
});

it("gives what has no name one that says how it came", () => {
  const blob = new Blob(["x"], { type: "image/png" });
  expect([named(blob, "photo", 1).name, named(blob, "photo", 2).name]).toEqual([
    "photo",
    "photo 2",
  ]);
});

it.each([
  [{ phase: "uploading", progress: 0.429 }, "Uploading 42 %"],
  [{ phase: "uploading", progress: 1 }, "Being prepared"],
  [{ phase: "failed", sent: undefined }, "Not taken"],
  [{ phase: "failed", sent: undefined, problem: problem("unreachable", true) }, "Not sent"],
  [{ phase: "failed", problem: problem("store_failed", true) }, "Not in the conversation"],
] as const)("a picture of %j is called %s", (about, words) =>
  expect(phaseOf(picture(about))).toBe(words),
);
