/** Files that are dropped anywhere in the window. */
import { useEffect, useRef, useState } from "react";

/** Call `add` with what is dropped; returns whether files hover over the window now. */
export function useDrop(add: (files: readonly File[]) => void): boolean {
  const [hovering, setHovering] = useState(false);
  const newest = useRef(add);
  useEffect(() => void (newest.current = add));

  useEffect(() => {
    let depth = 0; // enter and leave come for every element on the way
    const over = (event: DragEvent) => {
      if (!bringsFiles(event)) return;
      event.preventDefault();
      if (event.type === "dragenter") depth += 1;
      setHovering(true);
    };
    const leave = () => {
      depth = Math.max(0, depth - 1);
      if (depth === 0) setHovering(false);
    };
    const drop = (event: DragEvent) => {
      depth = 0;
      setHovering(false);
      if (!bringsFiles(event)) return;
      event.preventDefault(); // or the browser leaves the page for the picture
      newest.current([...(event.dataTransfer?.files ?? [])]);
    };
    const listeners = { dragenter: over, dragover: over, dragleave: leave, drop } as const;
    for (const [type, listener] of Object.entries(listeners))
      window.addEventListener(type, listener as EventListener);
    return () => {
      for (const [type, listener] of Object.entries(listeners))
        window.removeEventListener(type, listener as EventListener);
    };
  }, []);
  return hovering;
}

const bringsFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes("Files") ?? false;
