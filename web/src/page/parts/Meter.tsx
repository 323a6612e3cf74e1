/** How loud the microphone hears: bars for the eye, a number for a screen reader that asks. */
import { useEffect, useRef } from "react";
import { BARS, heights, loudness } from "./loudness.ts";

const READ_EVERY = 500; // milliseconds between two numbers: a meter is asked, it does not chatter

interface Props {
  readonly level: () => number;
  readonly muted: boolean;
}

export function Meter({ level, muted }: Props) {
  const meter = useRef<HTMLDivElement>(null);
  const bars = useRef<HTMLDivElement>(null);

  useEffect(() => {
    let past: number[] = [];
    let read = 0;
    let frame = 0;
    const show = (now: number) => {
      const loud = muted ? 0 : loudness(level());
      past = [...past, loud].slice(-BARS);
      [...(bars.current?.children ?? [])].forEach((bar, i) => {
        (bar as HTMLElement).style.transform = `scaleY(${heights(past, i)})`;
      });
      if (now - read > READ_EVERY) {
        read = now;
        meter.current?.setAttribute("aria-valuenow", String(Math.round(loud * 100)));
      }
      frame = requestAnimationFrame(show);
    };
    frame = requestAnimationFrame(show);
    return () => cancelAnimationFrame(frame);
  }, [level, muted]);

  return (
    <div
      ref={meter}
      className="meter"
      role="meter"
      aria-label="Microphone level"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={0}
    >
      <div ref={bars} className="meter__bars" aria-hidden="true">
        {Array.from({ length: BARS }, (_, i) => (
          <span key={i} />
        ))}
      </div>
    </div>
  );
}
