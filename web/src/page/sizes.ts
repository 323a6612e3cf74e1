/** Sizes in words that a person reads. */
import type { Received, Sent } from "../context/types.ts";

const plain = new Intl.NumberFormat("en");

/** Return bytes as `812 bytes`, `34 KB` or `3.2 MB` (decimal, as file managers show them). */
export function bytes(count: number): string {
  if (count < 1000) return count === 1 ? "1 byte" : `${count} bytes`;
  if (count < 999_500) return `${Math.round(count / 1000)} KB`;
  return `${rounded(count / 1e6)} MB`;
}

/** Return the sides of a picture, as `451 × 300`. */
const sides = (of: { width: number; height: number }): string =>
  `${of.width} × ${of.height}`;

/** Return what the model will be shown: pixels and bytes. */
export const shown = (of: Sent): string => `${sides(of)} pixels, ${bytes(of.bytes)}`;

/** Return what the model counts for it, as `about 255 tokens`. */
export const tokens = (of: Sent): string => `about ${plain.format(of.tokens)} tokens`;

/** Return what it counts, and which model that is. */
export const cost = (of: Sent): string => tokens(of) + (of.model ? ` for ${of.model}` : "");

/**
 * Return what came, where that is worth telling: `from HEIC, 4032 × 3024, 3.2 MB`; else nothing.
 */
export function origin(received: Received | undefined, made: Sent): string {
  if (!received) return "";
  const same = received.mediaType === made.mediaType && sides(received) === sides(made);
  if (same) return "";
  return `from ${received.format}, ${sides(received)}, ${bytes(received.bytes)}`;
}

/** Return a length of time as `0.4 ms`, `412 ms` or `1.8 s`. */
export function milliseconds(count: number): string {
  if (count < 10) return `${rounded(count)} ms`;
  return count < 1000 ? `${Math.round(count)} ms` : `${rounded(count / 1000)} s`;
}

const rounded = (value: number) => plain.format(Math.round(value * 10) / 10);
