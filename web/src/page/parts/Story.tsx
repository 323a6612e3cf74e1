/** What happened to the picture, step by step. */
import { useEffect, useMemo, useRef } from "react";
import type { Step } from "../../context/types.ts";
import { story } from "../story.ts";

const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });

export function Story({ steps }: { steps: readonly Step[] }) {
  const chapters = useMemo(() => story(steps), [steps]);
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    if (list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [chapters]);
  if (chapters.length === 0) return null;
  return (
    <section className="card story" aria-labelledby="story-title">
      <h2 id="story-title">What happened to the picture</h2>
      <ol ref={list} aria-labelledby="story-title" className="story__list" tabIndex={0}>
        {chapters.map(({ id, at, tone, text, detail }) => (
          <li key={id} className={`step step--${tone}`}>
            <span className="step__text">{text}</span>
            <time className="step__time" dateTime={new Date(at).toISOString()}>
              {clock.format(at)}
            </time>
            {detail && <span className="step__detail">{detail}</span>}
          </li>
        ))}
      </ol>
    </section>
  );
}
