/** Where temporaryIds go in `customLlmExtraBody`. Pure. */

/** Return the value under keys, from the outside in: `nested(["a", "b"], 1)` is `{a: {b: 1}}`. */
export function nested(keys: readonly string[], value: unknown): Record<string, unknown> {
  const [first, ...rest] = keys;
  if (first === undefined) throw new TypeError("customLlmExtraBody needs a key");
  return { [first]: rest.length === 0 ? value : nested(rest, value) };
}
