// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { CameraDialog } from "../../../src/page/pictures/CameraDialog.tsx";

const PHOTO = new Blob(["pixels"], { type: "image/jpeg" });
vi.mock("../../../src/page/pictures/useCamera.ts", () => ({
  useCamera: () => "ready",
  photograph: async () => PHOTO,
}));
HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
  this.open = true;
};
HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
  this.open = false;
};

afterEach(cleanup);

it("a double click takes one photo", async () => {
  const [take, close] = [vi.fn(), vi.fn()];
  render(<CameraDialog take={take} close={close} choose={() => {}} />);
  const button = screen.getByRole("button", { name: "Use this picture" });
  await act(async () => {
    fireEvent.click(button);
    fireEvent.click(button);
  });
  expect(take).toHaveBeenCalledExactlyOnceWith(PHOTO);
  expect(close).toHaveBeenCalledOnce();
});
