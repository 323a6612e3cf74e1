import { describe, expect, it } from "vitest";
import { heights, BARS, loudness } from "../../src/page/parts/loudness.ts";
import { bytes, milliseconds, origin } from "../../src/page/sizes.ts";
import { openingNotes } from "../../src/page/talk/notes.ts";
import { sentence } from "../../src/page/wording.ts";
import { picture, SENT } from "./fakeImages.ts";

it.each([
  [0, "0 bytes"],
  [1, "1 byte"],
  [999, "999 bytes"],
  [33_877, "34 KB"],
  [999_499, "999 KB"],
  [999_500, "1 MB"],
  [3_245_000, "3.2 MB"],
])("%d bytes are %s", (count, words) => expect(bytes(count)).toBe(words));

it.each([
  [0.42, "0.4 ms"],
  [9.96, "10 ms"],
  [412.4, "412 ms"],
  [1830, "1.8 s"],
])("%d milliseconds are %s", (count, words) => expect(milliseconds(count)).toBe(words));

describe("where a picture comes from", () => {
  const received = {
    format: "HEIC",
    mediaType: "image/heic",
    width: 4032,
    height: 3024,
    bytes: 3_245_000,
  };
  it("is told where it was changed", () =>
    expect(origin(received, SENT)).toBe("from HEIC, 4032 × 3024, 3.2 MB"));
  it("is not where nothing but the file was made anew", () =>
    expect(origin({ ...SENT, format: "JPEG", bytes: 40_000 }, SENT)).toBe(""));
});

it.each([
  ["the picture is empty: send its bytes", "The picture is empty: send its bytes."],
  ["http://x is away", "http://x is away."],
  ["Done!", "Done!"],
  ["", ""],
])("“%s” becomes a sentence", (message, words) => expect(sentence(message)).toBe(words));

describe("the remarks at the start", () => {
  const attempt = { way: "rehearsal", voice: true, inBand: false } as const;
  it("say that there is no picture, also where none could come", () => {
    expect(openingNotes({ ...attempt, way: "agent" }, [])).toHaveLength(1);
    expect(openingNotes({ ...attempt, way: "agent" }, [picture({ phase: "failed" })])).toHaveLength(
      1,
    );
    expect(openingNotes({ ...attempt, way: "agent" }, [picture()])).toEqual([]);
  });
  it("say that a rehearsal does not understand speech", () =>
    expect(openingNotes(attempt, [picture()])[0]).toMatch(/rehearsal.*does not understand speech/));
});

it("a meter's bars stand between a little and all, the newest last", () => {
  expect([loudness(0), loudness(1)]).toEqual([0, 1]);
  expect(heights([1], BARS - 1)).toBe(1);
  expect(heights([1], 0)).toBeLessThan(0.1);
});
