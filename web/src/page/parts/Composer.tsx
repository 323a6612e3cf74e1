/** Where the person types. Enter sends, Shift and Enter makes a new line. */
import { type FormEvent, type KeyboardEvent, type RefObject, useState } from "react";
import { Picture, Send } from "./icons.tsx";

interface Props {
  readonly box: RefObject<HTMLTextAreaElement | null>;
  readonly send: (text: string) => void;
  readonly addPicture: () => void;
}

export function Composer({ box, send, addPicture }: Props) {
  const [text, setText] = useState("");
  const post = (event: FormEvent) => {
    event.preventDefault();
    if (!text.trim()) return;
    send(text.trim());
    setText("");
    box.current?.focus();
  };
  const enter = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) post(event);
  };
  return (
    <form className="composer" onSubmit={post}>
      <button
        type="button"
        className="button button--icon button--quiet"
        aria-label="Add a picture"
        title="Add a picture"
        onClick={addPicture}
      >
        <Picture />
      </button>
      <textarea
        ref={box}
        className="composer__box"
        aria-label="Message"
        dir="auto"
        placeholder="Ask about it"
        rows={1}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={enter}
        enterKeyHint="send"
      />
      <button
        type="submit"
        className="button button--icon button--main"
        aria-label="Send"
        title="Send"
        disabled={!text.trim()}
      >
        <Send />
      </button>
    </form>
  );
}
