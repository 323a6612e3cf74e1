/** The hook in React: StrictMode, two in one page, and the component's life. */
import { act, cleanup, render, renderHook, waitFor } from "@testing-library/react";
import { StrictMode } from "react";
import { renderToString } from "react-dom/server";
import { afterEach, expect, test, vi } from "vitest";
import type { ImageContext, Options } from "../src/index.ts";
import { useImageContext } from "../src/index.ts";
import { picture, setting } from "./setting.ts";

const at = setting();
afterEach(cleanup);

const endpoint = () => ({ endpoint: at.endpoint.address });

test("in StrictMode a picture is uploaded once, and walks into the conversation", async () => {
  const { result } = renderHook(() => useImageContext(endpoint()), { wrapper: StrictMode });
  expect(result.current).toMatchObject({ images: [], status: "empty", conversationId: null });
  act(() => result.current.add(picture()));
  expect(result.current.status).toBe("uploading");
  await waitFor(() => expect(result.current.status).toBe("ready"));
  act(() => result.current.onConnect({ conversationId: "conv_1" }));
  await waitFor(() => expect(result.current.status).toBe("associated"));
  expect(result.current.conversationId).toBe("conv_1");
  act(() => result.current.onDisconnect());
  expect(result.current).toMatchObject({ status: "ready", conversationId: null });
  expect(at.endpoint.of("POST", "/upload_image")).toHaveLength(1);
});

test("its functions are the same at each render, and its value while nothing changes", () => {
  const { result, rerender } = renderHook((options: Options) => useImageContext(options), {
    initialProps: endpoint() as Options,
  });
  const first = result.current;
  rerender({ ...endpoint(), maxImages: 2 });
  expect(result.current).toBe(first);
  act(() => result.current.add(picture()));
  expect(result.current).not.toBe(first);
  for (const name of [
    "add",
    "remove",
    "retry",
    "forget",
    "sessionOptions",
    "onConnect",
    "onDisconnect",
  ] as const)
    expect(result.current[name]).toBe(first[name]);
});

test("options of a later render count", async () => {
  at.endpoint.ticket = "good";
  const { result, rerender } = renderHook(
    (ticket: string) => useImageContext({ ...endpoint(), ticket }),
    { initialProps: "bad" },
  );
  act(() => result.current.add(picture()));
  await waitFor(() => expect(result.current.images[0]?.problem?.code).toBe("invalid_ticket"));
  rerender("good");
  act(() => result.current.retry(result.current.images[0]?.id ?? ""));
  await waitFor(() => expect(result.current.status).toBe("ready"));
});

test("a component that unmounts ends its upload and revokes its object URLs", async () => {
  at.endpoint.trick = () => new Promise<boolean>(() => {});
  const { result, unmount } = renderHook(() => useImageContext(endpoint()), {
    wrapper: StrictMode,
  });
  act(() => result.current.add([picture("a.png"), picture("b.png")]));
  await waitFor(() => expect(at.endpoint.asked).toHaveLength(1));
  const ended = new Promise<void>((resolve) => (at.endpoint.onLeft = resolve));
  unmount();
  await ended;
  expect(at.previews.size).toBe(0);
  expect(at.endpoint.asked).toHaveLength(1);
});

test("what is added after the component is gone makes no object URL", () => {
  const { result, unmount } = renderHook(() => useImageContext(endpoint()));
  unmount();
  result.current.add(picture());
  expect(at.previews.size).toBe(0);
});

test("two in one page know nothing of each other", async () => {
  const seen: ImageContext[] = [];
  const One = ({ index }: { index: number }) => {
    seen[index] = useImageContext(endpoint());
    return null;
  };
  render(
    <StrictMode>
      <One index={0} />
      <One index={1} />
    </StrictMode>,
  );
  act(() => {
    seen[0]?.add(picture("a.png"));
    seen[1]?.add(picture("b.png"));
    seen[0]?.onConnect({ conversationId: "conv_1" });
    seen[1]?.onConnect({ conversationId: "conv_2" });
  });
  await waitFor(() =>
    expect(seen.map(({ status }) => status)).toEqual(["associated", "associated"]),
  );
  expect([...at.endpoint.conversations.values()].map(({ pictures }) => pictures.length)).toEqual([
    1, 1,
  ]);
  expect(seen.map(({ images }) => images.map(({ name }) => name))).toEqual([["a.png"], ["b.png"]]);
});

test("a server renders it, empty", () => {
  vi.stubGlobal("XMLHttpRequest", undefined);
  const Page = () => <p>{useImageContext().status}</p>;
  expect(renderToString(<Page />)).toBe("<p>empty</p>");
  vi.unstubAllGlobals();
});
