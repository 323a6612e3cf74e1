// @vitest-environment jsdom
import {
  act,
  cleanup,
  createEvent,
  fireEvent,
  render,
  screen,
  within,
} from "@testing-library/react";
import { createRef } from "react";
import { afterEach, expect, it } from "vitest";
import type { ImageContext, State } from "../../../src/context/types.ts";
import { PictureAlerts } from "../../../src/page/pictures/PictureAlerts.tsx";
import { Pictures } from "../../../src/page/pictures/Pictures.tsx";
import { useIntake } from "../../../src/page/pictures/useIntake.ts";
import { images, picture } from "../fakeImages.ts";

afterEach(cleanup);

/** The pictures' part of the screen; returns what was asked of the hook. */
function shown(state: Partial<State> = {}, maxUpload: number | null = null): unknown[][] {
  const asked: unknown[][] = [];
  const chooser = createRef<HTMLInputElement>();
  function Part({ given }: { given: ImageContext }) {
    const intake = useIntake(given, maxUpload);
    const alerts = (
      <PictureAlerts
        images={given}
        refused={intake.refused}
        choose={() => {}}
        lookAtTicket={() => {}}
      />
    );
    return (
      <Pictures
        images={given}
        intake={intake}
        chooser={chooser}
        ticket={null}
        alerts={alerts}
      />
    );
  }
  const { rerender } = render(<Part given={images(state, asked)} />);
  become = (next) => rerender(<Part given={images(next, asked)} />);
  return asked;
}

/** Give the part that is shown another state. */
let become: (state: Partial<State>) => void;

const added = (asked: unknown[][]) =>
  asked
    .filter(([name]) => name === "add")
    .flatMap(([, files]) => (files as File[]).map(({ name }) => name));
const file = (name: string) => new File(["pixels"], name, { type: "image/png" });
const carrying = (...files: File[]) => ({ files, types: ["Files"] });

it("pictures are chosen", () => {
  const asked = shown();
  fireEvent.change(screen.getByLabelText("Choose pictures"), {
    target: { files: [file("a.png"), file("b.png")] },
  });
  expect(added(asked)).toEqual(["a.png", "b.png"]);
});

it("pictures are dropped anywhere, and the browser does not leave the page for them", () => {
  const asked = shown();
  fireEvent.dragEnter(window, { dataTransfer: carrying() });
  expect(screen.getByText("Let go to add the picture")).toBeTruthy();
  const drop = createEvent.drop(window as unknown as Element, {
    dataTransfer: carrying(file("a.png")),
  });
  fireEvent(window, drop);
  expect([added(asked), drop.defaultPrevented]).toEqual([["a.png"], true]);
  expect(screen.queryByText("Let go to add the picture")).toBeNull();
});

it("pictures are pasted anywhere, each with a name that says so; words are left alone", () => {
  const asked = shown();
  const words = createEvent.paste(document as unknown as Element, { clipboardData: { files: [] } });
  fireEvent(document, words);
  for (let i = 0; i < 2; i++)
    fireEvent.paste(document, { clipboardData: { files: [file("image.png")] } });
  expect([added(asked), words.defaultPrevented]).toEqual([
    ["pasted picture", "pasted picture 2"],
    false,
  ]);
});

it("whoever removes a picture with the keyboard is not thrown to the top of the page", () => {
  shown({ images: [picture({ id: "1" })] });
  screen.getByRole("button", { name: /^Remove/ }).focus();
  become({ images: [] });
  expect(document.activeElement).toBe(screen.getByLabelText("Choose pictures"));
});

it("without a camera in the page, a phone's own is asked", () => {
  shown();
  const capture = document.querySelector<HTMLInputElement>("input[capture]");
  let clicked = 0;
  capture?.addEventListener("click", () => (clicked += 1));
  fireEvent.click(screen.getByRole("button", { name: "Take a photo" }));
  expect(clicked).toBe(1);
});

it("a picture is listed with what the model is shown of it, and can be removed", async () => {
  const asked = shown({ images: [picture()] });
  const item = within(screen.getByRole("region", { name: "Pictures" })).getByRole("listitem");
  expect(item.textContent).toContain("451 × 300 pixels, 34 KB");
  expect(item.textContent).toContain("about 255 tokens for gpt-4o");
  await act(
    async () => void fireEvent.click(within(item).getByRole("button", { name: "Remove cat.webp" })),
  );
  expect(asked).toEqual([["remove", "1"]]);
});

it("a picture that did not arrive can be tried again, at its place and in the alert", () => {
  const problem = { code: "unreachable", message: "no answer", canRetry: true };
  const asked = shown({ images: [picture({ phase: "failed", sent: undefined, problem })] });
  fireEvent.click(screen.getByRole("button", { name: "Try cat.webp again" }));
  fireEvent.click(within(screen.getByRole("alert")).getByRole("button", { name: "Try again" }));
  expect(asked).toEqual([
    ["retry", "1"],
    ["retry", "1"],
  ]);
});

it("a picture of too many bytes stays here, and the alert says so", () => {
  const asked = shown({}, 3);
  fireEvent.change(screen.getByLabelText("Choose pictures"), {
    target: { files: [file("large.png")] },
  });
  expect(added(asked)).toEqual([]);
  expect(screen.getByRole("alert").textContent).toContain("large.png is too large");
});

it("an upload tells how far it is", () => {
  shown({ images: [picture({ phase: "uploading", progress: 0.42, sent: undefined })] });
  expect(
    screen.getByRole("progressbar", { name: "Upload of cat.webp" }).getAttribute("aria-valuenow"),
  ).toBe("42");
});

it("two that are too large are both told of under the same name, and gone with the next choice", () => {
  shown({}, 3);
  const choose = (...files: File[]) =>
    fireEvent.change(screen.getByLabelText("Choose pictures"), { target: { files } });
  choose(file("image.jpg"), file("image.jpg"));
  expect(screen.getAllByRole("alert")).toHaveLength(2);
  choose(file("other.jpg"));
  expect(screen.getAllByRole("alert")).toHaveLength(1);
});
