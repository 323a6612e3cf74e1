/** Tell the style sheets how much of a phone's screen the dock hides: `--dock`, in pixels. */
import { type RefObject, useLayoutEffect } from "react";

/** Keep `--dock` as high as the dock is, so that what gets the focus is scrolled above it. */
export function useDockHeight(dock: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const element = dock.current;
    if (!element || typeof ResizeObserver === "undefined") return;
    const { style } = document.documentElement;
    const measure = () => style.setProperty("--dock", `${element.offsetHeight}px`);
    const grown = new ResizeObserver(measure);
    grown.observe(element);
    return () => grown.disconnect();
  }, [dock]);
}
