/** Pictures and conversations, against a small real endpoint. */
import { describe, expect, test, vi } from "vitest";
import type { State } from "../../src/context/types.ts";
import { FakeEndpoint, refuse } from "../endpoint.ts";
import { picture, reached, setting } from "../setting.ts";

const at = setting();
const core = at.core;

const kinds = (state: State) => state.steps.map(({ kind }) => kind);

describe("a picture that was uploaded before", () => {
  test("is associated as soon as the conversation's ID is known", async () => {
    const made = core();
    made.add(picture());
    const ready = await reached(made, ({ status }) => status === "ready");
    expect(ready.images[0]).toMatchObject({ name: "cat.png", progress: 1, sent: { width: 4 } });
    made.onConnect({ conversationId: "conv_1" });
    const state = await reached(made, ({ status }) => status === "associated");
    expect(kinds(state)).toEqual(["uploaded", "conversation-started", "associated"]);
    expect(at.endpoint.conversations.get("conv_1")?.pictures).toHaveLength(1);
  });

  test("is followed by others with the token of the first", async () => {
    const made = core();
    made.add([picture("a.png"), picture("b.png"), picture("c.png")]);
    await reached(made, ({ status }) => status === "ready");
    made.onConnect({ conversationId: "conv_1" });
    await reached(made, ({ status }) => status === "associated");
    expect(at.endpoint.conversations.get("conv_1")?.pictures).toHaveLength(3);
    expect(at.endpoint.told().map((told) => "contextToken" in told)).toEqual([false, true, true]);
  });
});

test("an upload that still runs is announced, and associated when it is there", async () => {
  const made = core();
  let go = () => {};
  const held = new Promise<void>((resolve) => (go = resolve));
  at.endpoint.trick = async ({ path }) => {
    if (path === "/upload_image") await held;
    return false;
  };
  made.add(picture());
  await vi.waitFor(() => expect(at.endpoint.asked).toHaveLength(1));
  made.onConnect({ conversationId: "conv_1" });
  await vi.waitFor(() => expect([...at.endpoint.pending]).toEqual(["conv_1"]));
  go();
  await reached(made, ({ status }) => status === "associated");
  expect(at.endpoint.told()).toMatchObject([{ pending: true }, { conversationId: "conv_1" }]);
  expect(at.endpoint.pending.size).toBe(0);
});

test("an announcement is taken back when the upload fails", async () => {
  const made = core();
  made.add(picture("cat.txt", "not a picture"));
  made.onConnect({ conversationId: "conv_1" });
  const state = await reached(made, ({ status }) => status === "failed");
  expect(state.images[0]?.problem).toEqual({
    code: "not_a_picture",
    message: "these bytes are no picture",
    canRetry: false,
  });
  await vi.waitFor(() =>
    expect(at.endpoint.told().map((told) => told["pending"])).toEqual([true, false]),
  );
});

test("an association is tried again, and the picture says why it is not there yet", async () => {
  const made = core();
  let refusals = 2;
  at.endpoint.trick = ({ path }, response) => {
    if (path !== "/associate_context" || refusals-- <= 0) return false;
    refuse(response, 503, "store_failed", "the store is away");
    return true;
  };
  made.add(picture());
  made.onConnect({ conversationId: "conv_1" });
  await reached(made, ({ images }) => images[0]?.problem?.code === "store_failed");
  const state = await reached(made, ({ status }) => status === "associated");
  expect(state.images[0]?.problem).toBeUndefined();
});

test("a new conversation gets pictures of the one before, uploaded anew", async () => {
  const made = core({ inBand: ["sightline", "temporaryId"] });
  made.add([picture("a.png"), picture("b.png")]);
  const first = await made.sessionOptions();
  made.onConnect({ conversationId: "conv_1" });
  await reached(made, ({ status }) => status === "associated");
  made.onDisconnect();
  expect(made.state().status).toBe("ready");
  const second = await made.sessionOptions();
  expect(second).not.toEqual(first);
  const ids = made.state().images.map(({ temporaryId }) => temporaryId);
  expect(second).toEqual({ customLlmExtraBody: { sightline: { temporaryId: ids } } });
  made.onConnect({ conversationId: "conv_2" });
  await reached(made, ({ status }) => status === "associated");
  expect(at.endpoint.conversations.get("conv_2")?.pictures).toEqual(ids);
});

describe("in band", () => {
  test("one picture is a text, and the same picture is associated all the same", async () => {
    const made = core({ inBand: ["temporaryId"] });
    made.add(picture());
    const options = await made.sessionOptions();
    const [image] = made.state().images;
    expect(options).toEqual({ customLlmExtraBody: { temporaryId: image?.temporaryId } });
    made.onConnect({ conversationId: "conv_1" });
    await reached(made, ({ status }) => status === "associated");
    expect(at.endpoint.of("POST", "/upload_image")).toHaveLength(1);
  });

  test("nothing is said without a picture or the option, nor of a picture that failed", async () => {
    expect(await core({ inBand: ["temporaryId"] }).sessionOptions()).toEqual({});
    const without = core();
    without.add(picture());
    expect(await without.sessionOptions()).toEqual({});
    const failed = core({ inBand: ["temporaryId"] });
    failed.add(picture("cat.txt", "not a picture"));
    expect(await failed.sessionOptions()).toEqual({});
  });
});

describe("which conversation", () => {
  test("the same ID twice is one conversation", async () => {
    const made = core();
    made.onConnect({ conversationId: "conv_1" });
    made.onConnect({ conversationId: "conv_1" });
    expect(kinds(made.state())).toEqual(["conversation-started"]);
  });

  test("another ends the one before, whose pictures are uploaded anew unasked", async () => {
    const made = core();
    made.add(picture());
    made.onConnect({ conversationId: "conv_1" });
    await reached(made, ({ status }) => status === "associated");
    made.onConnect({ conversationId: "conv_2" });
    await reached(made, ({ status }) => status === "associated");
    expect(kinds(made.state()).filter((kind) => kind.startsWith("conversation"))).toEqual([
      "conversation-started",
      "conversation-ended",
      "conversation-started",
    ]);
    const [first, second] = ["conv_1", "conv_2"].map((id) => at.endpoint.conversations.get(id));
    expect([first?.pictures.length, second?.pictures.length]).toEqual([1, 1]);
    expect(at.endpoint.told().every((told) => told["contextToken"] === undefined)).toBe(true);
  });

  test("what is prepared for the next is not given to the one that still runs", async () => {
    const made = core();
    made.add(picture());
    made.onConnect({ conversationId: "conv_1" });
    await reached(made, ({ status }) => status === "associated");
    await made.sessionOptions();
    const [image] = made.state().images;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(at.endpoint.uploads.get(image?.temporaryId ?? "")).toBeNull();
    made.onConnect({ conversationId: "conv_2" });
    await reached(made, ({ status }) => status === "associated");
    expect(at.endpoint.uploads.get(image?.temporaryId ?? "")).toBe("conv_2");
  });

  test("a picture in a conversation of somebody else is refused in words", async () => {
    at.endpoint.conversations.set("conv_1", { token: "ctx_theirs", pictures: ["tmp_theirs"] });
    const made = core();
    made.add(picture());
    made.onConnect({ conversationId: "conv_1" });
    const state = await reached(made, ({ status }) => status === "failed");
    expect(state.images[0]?.problem).toMatchObject({
      code: "context_token_required",
      canRetry: false,
    });
    expect(state.images[0]?.problem?.message).toMatch(/Start a new conversation/);
  });

  test("an endpoint that has lost a picture gets it anew, once", async () => {
    const made = core();
    made.add(picture());
    await reached(made, ({ status }) => status === "ready");
    at.endpoint.uploads.clear();
    made.onConnect({ conversationId: "conv_1" });
    await reached(made, ({ status }) => status === "associated");
    expect(at.endpoint.of("POST", "/upload_image")).toHaveLength(2);
    at.endpoint.trick = ({ path }, response) => {
      if (path === "/associate_context") refuse(response, 409, "temporary_id_used", "used");
      return path === "/associate_context";
    };
    made.onConnect({ conversationId: "conv_2" });
    const state = await reached(made, ({ status }) => status === "failed");
    expect(state.images[0]?.problem?.code).toBe("temporary_id_used");
    expect(at.endpoint.of("POST", "/upload_image")).toHaveLength(4);
  });
});

describe("tickets", () => {
  test("are asked for once, and anew when one is refused", async () => {
    at.endpoint.ticket = "good";
    let asked = 0;
    const made = core({ ticket: () => (++asked === 1 ? "old" : "good") });
    made.add([picture("a.png"), picture("b.png")]);
    made.onConnect({ conversationId: "conv_1" });
    await reached(made, ({ status }) => status === "associated");
    expect(asked).toBe(2);
  });

  test("that are refused twice, or cannot be had, are told", async () => {
    at.endpoint.ticket = "good";
    for (const [ticket, code] of [
      ["bad", "invalid_ticket"],
      [() => "bad", "invalid_ticket"],
      [() => Promise.reject(new Error("log in first")), "no_ticket"],
    ] as const) {
      const made = core({ ticket });
      made.add(picture());
      const state = await reached(made, ({ status }) => status === "failed");
      expect(state.images[0]?.problem).toMatchObject({ code, canRetry: true });
    }
  });

  test("help at a retry, once the page has another", async () => {
    at.endpoint.ticket = "good";
    const made = core({ ticket: "bad" });
    made.add(picture());
    const { images } = await reached(made, ({ status }) => status === "failed");
    made.configure({ endpoint: at.endpoint.address, ticket: "good" });
    made.retry(images[0]?.id ?? "");
    await reached(made, ({ status }) => status === "ready");
  });
});

describe("files", () => {
  test("what is no file at all is the application's mistake, and nothing is added", () => {
    const made = core();
    for (const given of ["cat.png", null, undefined, {}, [picture(), "cat.png"]])
      expect(() => made.add(given as unknown as Blob)).toThrow(TypeError);
    expect(made.state().images).toEqual([]);
  });

  test("an empty file is refused here, and a Blob gets a name", async () => {
    const made = core();
    made.add([picture("empty.png", ""), new Blob(["pixels"], { type: "image/png" })]);
    const { images } = await reached(made, ({ status }) => status === "failed");
    expect(images[0]?.problem).toMatchObject({
      code: "not_a_picture",
      message: "empty.png is empty: choose another picture.",
    });
    expect(images[1]).toMatchObject({ name: "picture", phase: "uploaded" });
    expect(at.endpoint.of("POST", "/upload_image")).toHaveLength(1);
  });

  test("a file that cannot be read is told from a broken network", async () => {
    const made = core();
    const folder = picture("holidays");
    folder.slice = () =>
      ({ arrayBuffer: () => Promise.reject(new Error("NotReadableError")) }) as unknown as Blob;
    made.add(folder);
    const { images } = await reached(made, ({ status }) => status === "failed");
    expect(images[0]?.problem).toMatchObject({ code: "unreadable", canRetry: false });
  });

  test("a file that is too large is refused in the endpoint's words", async () => {
    at.endpoint.trick = (_, response) => {
      refuse(response, 413, "too_large", "the picture is larger than 20,971,520 bytes");
      return true;
    };
    const made = core();
    made.add(picture());
    const { images } = await reached(made, ({ status }) => status === "failed");
    expect(images[0]?.problem).toMatchObject({ code: "too_large", canRetry: false });
  });

  test("of more pictures than a conversation has, the oldest leaves here and there", async () => {
    at.endpoint.most = 2;
    const made = core({ maxImages: 2 });
    made.add([picture("a.png"), picture("b.png")]);
    made.onConnect({ conversationId: "conv_1" });
    await reached(made, ({ status }) => status === "associated");
    made.add([picture("no.png", "not a picture"), picture("c.png")]);
    const state = await reached(made, ({ images }) => images.every(({ name }) => name !== "a.png"));
    await reached(made, ({ images }) => images.at(-1)?.phase === "associated");
    expect(state.images.map(({ name }) => name)).toEqual(["b.png", "no.png", "c.png"]);
    expect(at.endpoint.conversations.get("conv_1")?.pictures).toHaveLength(2);
  });
});

describe("an endpoint in trouble", () => {
  test("that cannot be reached is said so, and a retry helps", async () => {
    const { address } = at.endpoint;
    await at.endpoint.stop();
    const made = core();
    made.add(picture());
    const { images } = await reached(made, ({ status }) => status === "failed");
    expect(images[0]?.problem).toMatchObject({ code: "unreachable", canRetry: true });
    expect(images[0]?.problem?.message).toContain(address);
    at.endpoint = await new FakeEndpoint().start();
    made.configure({ endpoint: at.endpoint.address });
    made.retry(images[0]?.id ?? "");
    await reached(made, ({ status }) => status === "ready");
  });

  test("that is none of Sightline's is said so", async () => {
    at.endpoint.trick = (_, response) => {
      response.writeHead(200, { "Content-Type": "text/html" }).end("<h1>It works!</h1>");
      return true;
    };
    const made = core();
    made.add(picture());
    const { images } = await reached(made, ({ status }) => status === "failed");
    expect(images[0]?.problem?.message).toMatch(/not as Sightline does/);
  });

  test("that is busy is asked again when it says", async () => {
    let refusals = 1;
    at.endpoint.trick = (_, response) => {
      if (refusals-- <= 0) return false;
      response.setHeader("Retry-After", "0");
      refuse(response, 503, "busy", "no room");
      return true;
    };
    const made = core();
    made.add(picture());
    await reached(made, ({ status }) => status === "ready");
    expect(at.endpoint.asked).toHaveLength(2);
  });

  test("holds up an association until a person wants it tried again, at once", async () => {
    let isAway = true;
    at.endpoint.trick = ({ path }, response) => {
      if (path !== "/associate_context" || !isAway) return false;
      response.setHeader("Retry-After", "50");
      refuse(response, 429, "rate_limited", "too often");
      return true;
    };
    const made = core();
    made.add(picture());
    made.onConnect({ conversationId: "conv_1" });
    const { images } = await reached(
      made,
      ({ steps }) => steps.at(-1)?.kind === "association-failed",
    );
    expect(images[0]).toMatchObject({ phase: "associating", problem: { code: "rate_limited" } });
    isAway = false;
    made.retry(images[0]?.id ?? "");
    await reached(made, ({ status }) => status === "associated");
  });

  test("is given up after a minute, and a retry begins anew", async () => {
    let isAway = true;
    at.endpoint.trick = ({ path }, response) => {
      if (path !== "/associate_context" || !isAway) return false;
      response.setHeader("Retry-After", "61");
      refuse(response, 429, "rate_limited", "too often");
      return true;
    };
    const made = core();
    made.add(picture());
    made.onConnect({ conversationId: "conv_1" });
    const { images, steps } = await reached(made, ({ status }) => status === "failed");
    expect(steps.at(-1)).toMatchObject({
      kind: "association-failed",
      attempt: 1,
      willRetry: false,
    });
    isAway = false;
    made.retry(images[0]?.id ?? "");
    await reached(made, ({ status }) => status === "associated");
    expect(at.endpoint.of("POST", "/upload_image")).toHaveLength(1);
  });
});
