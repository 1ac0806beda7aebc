import { describe, expect, it } from "vitest";
import { AmtError } from "../../../core/errors/mod.ts";
import { httpPost, patientPost } from "../../../services/wsman/post.ts";
import type { WsmanPost, WsmanReply } from "../../../protocols/wsman/mod.ts";
import { answering, clientOf, guarded, ScriptedServer, silent } from "../../protocols/http/scripted_server.ts";

const envelope = new TextEncoder().encode("<e/>");
const never = new AbortController().signal;
const reply: WsmanReply = { status: 200, contentType: undefined, body: envelope };
const lost = new AmtError("net.connect", "127.0.0.1:16992: ECONNREFUSED");

describe("httpPost", () => {
  it("posts to /wsman as SOAP, and gives status, type and body", async () => {
    const server = new ScriptedServer(
      answering("HTTP/1.1 400 Bad Request\r\nContent-Type: application/soap+xml\r\nContent-Length: 2\r\n\r\nno"),
    );
    await using http = clientOf(server);
    const answer = await httpPost(http, never)(envelope, { changes: false });
    expect(answer).toMatchObject({ status: 400, contentType: "application/soap+xml" });
    expect(new TextDecoder().decode(answer.body)).toBe("no");
    const [request] = server.heard;
    expect(request!.head[0]).toBe("POST /wsman HTTP/1.1");
    expect(request!.header("Content-Type")).toBe("application/soap+xml; charset=utf-8");
    expect(request!.body).toBe("<e/>");
  });
  it("rejects with auth.refused for a 401 that nobody answers", async () => {
    await using http = clientOf(new ScriptedServer(guarded), { credentials: undefined });
    await expect(httpPost(http, never)(envelope, { changes: false })).rejects.toMatchObject({ code: "auth.refused" });
  });
  it.each(["its own", "the request's"])("ends a wait when %s signal fires", async (whose) => {
    const server = new ScriptedServer(silent);
    await using http = clientOf(server, { credentials: undefined });
    const [own, request] = [new AbortController(), new AbortController()];
    const posting = httpPost(http, own.signal)(envelope, { changes: false, signal: request.signal });
    (whose === "its own" ? own : request).abort(new AmtError("cancelled", "interrupted"));
    await expect(posting).rejects.toMatchObject({ code: "cancelled" });
  });
});

describe("patientPost", () => {
  /** Rejects with each error in turn, then answers. */
  function failing(...errors: AmtError[]): { post: WsmanPost; readonly calls: number } {
    let calls = 0;
    const post: WsmanPost = () => {
      const error = errors[calls++];
      return error === undefined ? Promise.resolve(reply) : Promise.reject(error);
    };
    return {
      post,
      get calls() {
        return calls;
      },
    };
  }

  it("asks again while there is no connection, and tells of it once", async () => {
    const inner = failing(lost, lost);
    const waits: string[] = [];
    const onWait = ({ message }: AmtError) => void waits.push(message);
    const post = patientPost(inner.post, { signal: never, onWait, pauseMs: 1 });
    expect(await post(envelope, { changes: true })).toBe(reply);
    expect([inner.calls, waits]).toEqual([3, [lost.message]]);
  });
  it("rejects with the last error when the time is over", async () => {
    const inner = failing(lost, lost);
    const post = patientPost(inner.post, { signal: never, onWait: () => {}, limitMs: 0 });
    await expect(post(envelope, { changes: false })).rejects.toBe(lost);
    expect(inner.calls).toBe(1);
  });
  it.each(["indeterminate", "auth.refused", "timeout"] as const)("does not ask again after %s", async (code) => {
    const inner = failing(new AmtError(code, "no"));
    const post = patientPost(inner.post, { signal: never, onWait: () => {}, pauseMs: 1 });
    await expect(post(envelope, { changes: true })).rejects.toMatchObject({ code });
    expect(inner.calls).toBe(1);
  });
  it("ends the pause when the signal fires", async () => {
    const abort = new AbortController();
    const onWait = () => abort.abort(new AmtError("cancelled", "interrupted"));
    const post = patientPost(failing(lost).post, { signal: abort.signal, onWait, pauseMs: 60_000 });
    await expect(post(envelope, { changes: false })).rejects.toMatchObject({ code: "cancelled" });
  });
});
