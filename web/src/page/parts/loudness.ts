/** From what the SDK calls volume to what an eye sees as loud. */

/** How many bars the meter has. */
export const BARS = 18;

const QUIET = 0.03; // a room's own noise, as the mean over the voice's frequencies
const LOUD = 0.45; // a voice near the microphone
const LEAST = 0.08; // a bar never vanishes

/** Return a loudness from 0 to 1 for the SDK's mean over frequencies. */
export function loudness(volume: number): number {
  return Math.min(1, Math.max(0, (volume - QUIET) / (LOUD - QUIET)));
}

/** Return how high bar `i` of `BARS` stands, from the loudness of the last moments, newest last. */
export function heights(past: readonly number[], i: number): number {
  const moment = past[past.length - BARS + i] ?? 0;
  return LEAST + (1 - LEAST) * moment;
}
