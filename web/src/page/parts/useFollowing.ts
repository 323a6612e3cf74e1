/** Keep the newest line in sight, unless the person has scrolled up to read. */
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

const NEAR = 64; // pixels from the end that still count as at the end

/**
 * Follow the end of `log` whenever `changes` does, and whenever something grows meanwhile.
 *
 * `anew` begins to follow again, whatever was read before; `behind` says that there is something
 * newer below. Nothing is followed while `idle`.
 */
export function useFollowing(
  log: RefObject<HTMLElement | null>,
  changes: unknown,
  anew: unknown,
  idle: boolean,
) {
  const follows = useRef(true);
  const last = useRef(NOWHERE);
  const [behind, setBehind] = useState(false);

  const toNewest = useCallback(() => {
    const scroller = scrollerOf(log.current);
    scroller.scrollTop = scroller.scrollHeight;
    last.current = placeOf(scroller);
    follows.current = true;
    setBehind(false);
  }, [log]);

  useEffect(() => {
    const look = () => {
      const scroller = scrollerOf(log.current);
      const before = last.current;
      last.current = placeOf(scroller);
      if (distance(scroller) < NEAR) {
        follows.current = true;
        setBehind(false);
      } else if (isRaised(before, last.current)) follows.current = false;
    };
    const element = log.current;
    element?.addEventListener("scroll", look, { passive: true });
    window.addEventListener("scroll", look, { passive: true });
    return () => {
      element?.removeEventListener("scroll", look);
      window.removeEventListener("scroll", look);
    };
  }, [log]);

  useEffect(() => {
    if (idle || typeof ResizeObserver === "undefined") return;
    const grown = new ResizeObserver(() => follows.current && toNewest());
    for (const element of [log.current, document.body]) if (element) grown.observe(element);
    return () => grown.disconnect();
  }, [log, idle, toNewest]);

  useLayoutEffect(() => {
    if (idle) return;
    if (follows.current) toNewest();
    else setBehind(distance(scrollerOf(log.current)) >= NEAR);
  }, [log, changes, idle, toNewest]);

  useLayoutEffect(() => {
    if (!idle) toNewest();
  }, [anew, idle, toNewest]);

  return { behind, toNewest };
}

/** Where a scroller stands, and of what. */
interface Place {
  readonly top: number;
  readonly height: number;
  readonly window: number;
}

const NOWHERE: Place = { top: 0, height: 0, window: 0 };

const placeOf = ({ scrollTop, scrollHeight, clientHeight }: Element): Place =>
  ({ top: scrollTop, height: scrollHeight, window: clientHeight });

/** Whether a person scrolled up: where the page itself changes, the browser moves it up and down by itself. */
const isRaised = (before: Place, now: Place): boolean =>
  now.top < before.top && now.height === before.height && now.window === before.window;

const distance = ({ scrollHeight, scrollTop, clientHeight }: Element) =>
  scrollHeight - scrollTop - clientHeight;

/** On a wide screen the log itself scrolls, on a phone the whole page. */
function scrollerOf(log: HTMLElement | null): Element {
  const own = log && getComputedStyle(log).overflowY !== "visible";
  return own ? log : (document.scrollingElement ?? document.documentElement);
}
