import { describe, expect, it } from "vitest";
import { localListener } from "../../../services/wsman/local_listener.ts";
import { treeHost } from "../tree_host.ts";
import { listening, type ListeningSocket } from "./listening.ts";

// Addresses as Linux 6.18 on x86-64 shows sockets bound to 127.0.0.1, 0.0.0.0, ::ffff:127.0.0.1 and ::.
const loopback = "0100007F:4260";
const any = "00000000:4260";
const mapped = "0000000000000000FFFF00000100007F:4260";
const any6 = "00000000000000000000000000000000:4260";

function owner(tcp: readonly ListeningSocket[], tcp6: readonly ListeningSocket[] = []) {
  const host = treeHost({ "/proc/net/tcp": listening(...tcp), "/proc/net/tcp6": listening(...tcp6) }, { uid: 1000 });
  const { isTrusted, owner } = localListener(host, 16992) ?? {};
  return [isTrusted, owner];
}

describe("localListener", () => {
  it.each([loopback, any])("trusts root's socket at %s", (local) => {
    expect(owner([{ local, uid: 0 }])).toEqual([true, "user 0"]);
  });
  it.each([mapped, any6])("trusts root's socket at %s", (local) => {
    expect(owner([], [{ local, uid: 0 }])).toEqual([true, "user 0"]);
  });
  it("trusts a socket of this user's own", () => {
    expect(owner([{ local: loopback, uid: 1000 }])).toEqual([true, "user 1000"]);
  });
  it.each([1001, 65534, "?"])("does not trust the socket of user %s", (uid) => {
    expect(owner([{ local: loopback, uid }])[0]).toBe(false);
  });
  it.each([
    ["127.0.0.1 before root's 0.0.0.0", [{ local: any, uid: 0 }, { local: loopback, uid: 1001 }], []],
    ["::ffff:127.0.0.1 before root's ::", [], [{ local: any6, uid: 0 }, { local: mapped, uid: 1001 }]],
    ["0.0.0.0 before root's ::", [{ local: any, uid: 1001 }], [{ local: any6, uid: 0 }]],
    ["one of two sockets", [{ local: loopback, uid: 0 }, { local: loopback, uid: 1001 }], []],
  ])("does not trust a stranger who has %s", (_, tcp, tcp6) => {
    expect(owner(tcp, tcp6)).toEqual([false, "user 1001"]);
  });
  it("trusts root's 127.0.0.1 though a stranger has ::, which does not get the connection", () => {
    expect(owner([{ local: loopback, uid: 0 }], [{ local: any6, uid: 1001 }])[0]).toBe(true);
  });
  it("is undefined for other ports, other addresses, connections, and without tables", () => {
    const tcp = listening({ local: "0100007F:4261", uid: 0 }, { local: "0200007F:4260", uid: 0 });
    const connected = listening({ local: loopback, uid: 0 }).replace(" 0A ", " 01 ");
    expect(localListener(treeHost({ "/proc/net/tcp": tcp, "/proc/net/tcp6": connected }), 16992)).toBeUndefined();
    expect(localListener(treeHost({}), 16992)).toBeUndefined();
  });
});
