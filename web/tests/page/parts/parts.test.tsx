// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { createRef } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Agent } from "../../../src/page/parts/Agent.tsx";
import { Composer } from "../../../src/page/parts/Composer.tsx";
import { ConversationTrouble } from "../../../src/page/parts/ConversationTrouble.tsx";
import { Dock } from "../../../src/page/parts/Dock.tsx";
import { Story } from "../../../src/page/parts/Story.tsx";
import { Transcript } from "../../../src/page/parts/Transcript.tsx";
import { after, QUIET, type Talk } from "../../../src/page/talk/state.ts";
import type { Controls } from "../../../src/page/talk/useTalk.ts";
import { steps } from "../fakeImages.ts";

afterEach(cleanup);

const controls = () =>
  ({
    start: vi.fn(),
    end: vi.fn(),
    send: vi.fn(),
    muted: false,
    mute: vi.fn(),
    level: () => 0,
  }) satisfies Controls;
const on = (voice: boolean): Talk =>
  after(after(QUIET, { kind: "start", attempt: { way: "agent", voice, inBand: false } }), {
    kind: "connect",
    notes: [],
  });
const dock = (talk: Talk, given = controls()) =>
  render(<Dock talk={talk} controls={given} status="empty" addPicture={() => {}} />);
const button = (name: string) => screen.getByRole("button", { name });

it("what is said keeps the direction of its own script, and HTML in it is text", () => {
  const said = [
    { role: "agent", message: "هذه صورة لرائدة فضاء." },
    { role: "agent", message: "<b onclick='x'>bold</b>" },
  ] as const;
  const talk = said.reduce<Talk>((old, message) => after(old, { kind: "told", message }), on(false));
  render(<Transcript talk={talk} hasPicture={false} suggest={() => {}} dock={null} />);
  const words = said.map(({ message }) => screen.getByText(message));
  expect(words.map((word) => word.getAttribute("dir"))).toEqual(["auto", "auto"]);
});

describe("the composer", () => {
  const write = (text: string, how: object) => {
    const send = vi.fn();
    render(<Composer box={createRef()} send={send} addPicture={() => {}} />);
    const box = screen.getByRole("textbox", { name: "Message" });
    fireEvent.change(box, { target: { value: text } });
    fireEvent.keyDown(box, { key: "Enter", ...how });
    return send;
  };
  it("sends by Enter, without the space around", () =>
    expect(write(" Hello ", {})).toHaveBeenCalledExactlyOnceWith("Hello"));
  it("makes a new line by Shift and Enter", () =>
    expect(write("Hello", { shiftKey: true })).not.toHaveBeenCalled());
  it("lets a word be composed to its end", () =>
    expect(write("こん", { isComposing: true })).not.toHaveBeenCalled());
  it("sends nothing that is empty", () => expect(write("  ", {})).not.toHaveBeenCalled());
});

describe("the dock", () => {
  it("starts by voice and by text", () => {
    const given = controls();
    dock(QUIET, given);
    fireEvent.click(button("Start voice conversation"));
    fireEvent.click(button("Start text conversation"));
    expect(given.start.mock.calls).toEqual([[true], [false]]);
  });
  it("says in one word where the conversation is", () => {
    dock(on(false));
    expect(screen.getByRole("status").textContent).toBe("Listening");
  });
  it("has a meter and a mute in a spoken conversation only", () => {
    dock(on(true));
    expect(screen.getByRole("meter", { name: "Microphone level" })).toBeTruthy();
    expect(button("Mute microphone").getAttribute("aria-pressed")).toBe("false");
    cleanup();
    dock(on(false));
    expect(screen.queryByRole("meter")).toBeNull();
  });
  it("gives the focus to what takes the place of the pressed button", () => {
    const view = dock(QUIET);
    const focused = (talk: Talk) => {
      view.rerender(<Dock talk={talk} controls={controls()} status="empty" addPicture={() => {}} />);
      return document.activeElement;
    };
    expect(focused({ ...on(false), phase: "starting" })).toBe(button("End conversation"));
    expect(focused(on(false))).toBe(screen.getByRole("textbox", { name: "Message" }));
    expect(focused(QUIET)).not.toBe(document.body);
  });
  it("does not leave it on the end while it connects, where the words are typed next", () => {
    const attempt = { way: "agent", voice: false, inBand: false } as const;
    const view = dock(QUIET);
    const become = (talk: Talk) =>
      view.rerender(
        <Dock talk={talk} controls={controls()} status="empty" addPicture={() => {}} />,
      );
    become(after(QUIET, { kind: "start", attempt }));
    expect(document.activeElement).toBe(button("End conversation"));
    become(on(false));
    expect(document.activeElement).toBe(screen.getByRole("textbox", { name: "Message" }));
  });
});

describe("a trouble with the conversation", () => {
  const shown = (
    wayOut: "go-on-by-text" | "start-again" | "start-without-in-band" | "look-at-agent",
    voice = true,
  ) => {
    const given = controls();
    const field = createRef<HTMLInputElement>();
    render(
      <>
        <input ref={field} aria-label="Agent ID" />
        <ConversationTrouble
          trouble={{ title: "T", text: "x", wayOut }}
          attempt={{ way: "agent", voice, inBand: true }}
          controls={given}
          field={field}
          dismiss={() => {}}
        />
      </>,
    );
    fireEvent.click(within(screen.getByRole("alert")).getByRole("button"));
    return given;
  };
  it("of the microphone goes on by text", () =>
    expect(shown("go-on-by-text").start).toHaveBeenCalledWith(false));
  it("of the connection starts again as before", () =>
    expect(shown("start-again").start).toHaveBeenCalledWith(true));
  it("of what goes along starts without it", () =>
    expect(shown("start-without-in-band").start).toHaveBeenCalledWith(true, false));
  it("of the agent leads to its ID", () => {
    shown("look-at-agent");
    expect(document.activeElement).toBe(screen.getByLabelText("Agent ID"));
  });
});

it("the agent's three ways are radios, each with its own box", () => {
  const choose = vi.fn();
  const choices = { way: "agent", agentId: "agent_1", signedUrl: "", rehearsal: "" } as const;
  render(<Agent choices={choices} choose={choose} locked={false} field={createRef()} />);
  expect(
    screen
      .getAllByRole("radio")
      .map((radio) => (radio as HTMLInputElement).labels?.[0]?.textContent),
  ).toEqual(["Rehearsal", "Signed URL", "Agent ID"]);
  fireEvent.click(screen.getByRole("radio", { name: "Signed URL" }));
  fireEvent.change(screen.getByRole("textbox", { name: "Agent ID" }), {
    target: { value: "agent_2" },
  });
  expect(choose.mock.calls).toEqual([[{ way: "signed" }], [{ agentId: "agent_2" }]]);
});

it("what happened to the picture is a list with that name", () => {
  render(
    <Story steps={steps({ kind: "associated", images: 1 }, { kind: "conversation-ended" })} />,
  );
  const list = screen.getByRole("list", { name: "What happened to the picture" });
  expect(within(list).getAllByRole("listitem")).toHaveLength(2);
});
