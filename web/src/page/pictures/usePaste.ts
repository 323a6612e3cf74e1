/** Pictures that are pasted anywhere on the page; pasted words go where they would have gone. */
import { useEffect, useRef } from "react";

/** Call `add` with the pictures of a paste. */
export function usePaste(add: (files: readonly File[]) => void): void {
  const newest = useRef(add);
  useEffect(() => void (newest.current = add));
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])].filter(({ type }) =>
        type.startsWith("image/"),
      );
      if (files.length === 0) return;
      event.preventDefault();
      newest.current(files);
    };
    document.addEventListener("paste", paste);
    return () => document.removeEventListener("paste", paste);
  }, []);
}
