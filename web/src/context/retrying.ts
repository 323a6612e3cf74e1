/** How long to wait before something is tried again. Pure: the clock and chance are given. */

const FIRST = 500; // milliseconds before the second attempt
const MOST = 10_000; // milliseconds between two attempts
const SPREAD = 0.25; // so that pages that failed together do not come back together

/** What one pause depends on; all times are milliseconds. */
export interface Tried {
  /** How many attempts have failed so far, from 1. */
  readonly attempts: number;
  /** What the endpoint's `Retry-After` asks for, or null. */
  readonly retryAfter: number | null;
  /** The time since the first attempt. */
  readonly spent: number;
  /** The time since the first attempt after which it is given up. */
  readonly patience: number;
  /** A number from 0 to 1, as of `Math.random`. */
  readonly chance: number;
}

/**
 * Return the milliseconds until the next attempt, or null where it is given up.
 *
 * Pauses double from half a second to ten; `Retry-After` may make them longer, never shorter.
 */
export function pause(tried: Tried): number | null {
  const growing = Math.min(MOST, FIRST * 2 ** Math.min(tried.attempts - 1, 16));
  const spread = growing * (1 - SPREAD + 2 * SPREAD * tried.chance);
  const wanted = Math.max(spread, tried.retryAfter ?? 0);
  return tried.spent + wanted > tried.patience ? null : Math.round(wanted);
}
