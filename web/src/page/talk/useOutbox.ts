/**
 * Typed words wait a moment for a picture that is just being associated, so that they are about
 * it.
 */
import { useCallback, useEffect, useRef } from "react";

const PATIENCE = 3000; // milliseconds; words are never held back longer

/** Return how to post a text: at once, or as soon as `hold` is over, in order. */
export function useOutbox(deliver: (text: string) => void, hold: boolean): (text: string) => void {
  const waiting = useRef<string[]>([]);
  const late = useRef<ReturnType<typeof setTimeout>>(undefined);

  const flush = useCallback(() => {
    clearTimeout(late.current);
    late.current = undefined;
    for (const text of waiting.current.splice(0)) deliver(text);
  }, [deliver]);

  useEffect(() => {
    if (!hold) flush();
  }, [hold, flush]);
  useEffect(() => () => clearTimeout(late.current), []);

  return (text) => {
    waiting.current.push(text);
    if (!hold) flush();
    else late.current ??= setTimeout(flush, PATIENCE);
  };
}
