/** What went wrong, in the endpoint's words or ours. */
import { expect, test } from "vitest";
import { isMissingRoute, troubleOf } from "../../src/context/problems.ts";

const AT = "https://eyes.example.com";

function said(status: number, code?: string, message?: string) {
  const body = code === undefined ? undefined : { error: { code, message } };
  return troubleOf({ status, body, retryAfter: null }, AT).problem;
}

test("the endpoint's own code and words come first", () => {
  expect(said(415, "not_a_picture", "send a JPEG")).toEqual({
    code: "not_a_picture",
    message: "send a JPEG",
    canRetry: false,
  });
});

test.each([
  [0, "unreachable", /did not answer/, true],
  [404, "unknown", /is its address right/, false],
  [405, "unknown", /is its address right/, false],
  [413, "unknown", /too large/, false],
  [429, "unknown", /too often/, true],
  [502, "unknown", /in trouble/, true],
  [400, "unknown", /refused this \(400\)/, false],
])("a %i without words is %s", (status, code, message, canRetry) => {
  expect(said(status)).toMatchObject({ code, canRetry });
  expect(said(status).message).toMatch(message);
});

test("a person is not told to send a token", () => {
  expect(said(403, "context_token_required", "send its contextToken").message).toMatch(
    /Start a new conversation/,
  );
});

test.each(["invalid_ticket", "unknown_temporary_id", "temporary_id_used"])(
  "%s can be tried again",
  (code) => {
    expect(said(401, code, "no").canRetry).toBe(true);
  },
);

test.each([null, 7, "<html>", { error: "no" }, { error: { code: 7, message: "" } }])(
  "%j is no error of ours",
  (body) => {
    expect(troubleOf({ status: 500, body, retryAfter: null }, AT).problem.code).toBe("unknown");
  },
);

test("an earlier endpoint's 404 and 405 are told from a picture that is unknown", () => {
  const missing = (status: number, code?: string) =>
    isMissingRoute(
      troubleOf({ status, body: code && { error: { code, message: "no" } }, retryAfter: null }, AT),
    );
  expect([missing(404), missing(405), missing(404, "unknown_temporary_id"), missing(500)]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
