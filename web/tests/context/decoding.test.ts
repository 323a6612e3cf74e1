/** Server-sent events, however they are cut. */
import { expect, test } from "vitest";
import { Decoder, type Message } from "../../src/context/decoding.ts";

const STREAM =
  '\uFEFF: a comment\nid: 1\nevent: turn\ndata: {"a":\ndata:1}\n\n' +
  "data\r\n\r\nid:2\rdata:  two\r\rretry: 5\n\nevent: odd\n\ndata: ü€🙂\n\ndata: without an end";

const MESSAGES: readonly Message[] = [
  { id: "1", event: "turn", data: '{"a":\n1}' },
  { id: "1", event: "message", data: "" },
  { id: "2", event: "message", data: " two" },
  { id: "2", event: "message", data: "ü€🙂" },
];

function decoded(pieces: readonly string[]): Message[] {
  const decoder = new Decoder();
  return pieces.flatMap((piece) => decoder.decode(piece));
}

test("a stream says the same in one piece and letter by letter", () => {
  expect(decoded([STREAM])).toEqual(MESSAGES);
  expect(decoded([...STREAM])).toEqual(MESSAGES);
});

test("a stream says the same at every two cuts", () => {
  for (let first = 0; first <= STREAM.length; first++)
    for (let second = first; second <= STREAM.length; second++) {
      const pieces = [STREAM.slice(0, first), STREAM.slice(first, second), STREAM.slice(second)];
      expect(decoded(pieces), `${first}, ${second}`).toEqual(MESSAGES);
    }
});

test("an id with a NUL in it is none", () => {
  expect(decoded(["id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n"]).map(({ id }) => id)).toEqual([
    "1",
    "1",
  ]);
});
