import { AMT, IPS } from "@device-management-toolkit/wsman-messages";
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { GetControlMode, GetProvisioningState, Unprovision } from "../../../protocols/amthi/mod.ts";
import { Console, fieldsOf } from "./console.ts";

const amt = new AMT.Messages();
const ips = new IPS.Messages();
const md5 = (text: string) => createHash("md5").update(text).digest();
const PASSWORD = "N3w-Passw0rd";

/** As a program on a machine that was never set up. */
function local(): Console {
  const console = new Console("unprovisioned");
  console.user = "$$OsAdmin";
  console.password = "simulated-osadmin-unprovisioned";
  return console;
}

const ha1 = async (console: Console) => md5(`admin:${(await console.machine()).realm}:${PASSWORD}`);

async function setUp(console: Console, password?: string): Promise<string> {
  const hex = password ?? (await ha1(console)).toString("hex");
  return fieldsOf(await console.body(ips.HostBasedSetupService.Setup(2, hex)))["ReturnValue"] as string;
}

describe("IPS_HostBasedSetupService.Setup", () => {
  it("brings AMT into client control mode, where AMTHI sees it, and the administrator may do all", async () => {
    const console = local();
    expect(fieldsOf(await console.get("IPS_HostBasedSetupService"))["CurrentControlMode"]).toBe("0");
    expect(await setUp(console)).toBe("0");
    expect(await console.amthi(GetControlMode, {})).toMatchObject({ data: { mode: "client" } });
    expect(await console.amthi(GetProvisioningState, {})).toMatchObject({ data: { state: "post" } });
    Object.assign(console, { user: "admin", password: PASSWORD });
    expect(fieldsOf(await console.get("AMT_SetupAndConfigurationService"))).toMatchObject({
      ProvisioningState: "2",
      ProvisioningMode: "4",
    });
    expect(await console.all("CIM_Chassis")).toHaveLength(1);
  });
  it("is refused when AMT is set up, and for what is no digest", async () => {
    const console = local();
    expect(await setUp(console, "secret")).toBe("3");
    await setUp(console);
    expect(await setUp(console)).toBe("2");
  });
  it("gives another nonce to each attempt", async () => {
    const console = local();
    const nonce = async () => fieldsOf(await console.get("IPS_HostBasedSetupService"))["ConfigurationNonce"] as string;
    const first = await nonce();
    expect(Buffer.from(first, "base64")).toHaveLength(20);
    expect(await nonce()).not.toBe(first);
  });
});

describe("AMT_SetupAndConfigurationService", () => {
  it("takes AMT back, and the administrator with it", async () => {
    const console = new Console("acm");
    expect(fieldsOf(await console.body(amt.SetupAndConfigurationService.Unprovision(1)))["ReturnValue"]).toBe("0");
    expect(await console.amthi(GetControlMode, {})).toMatchObject({ data: { mode: "none" } });
    expect((await console.post("<x/>")).status).toBe(401);
  });
  it("knows that AMTHI took it back", async () => {
    const console = new Console("activated");
    await console.get("AMT_GeneralSettings");
    await console.amthi(Unprovision, { mode: 0 });
    expect((await console.post("<x/>")).status).toBe(401);
    Object.assign(console, { user: "$$OsAdmin", password: "simulated-osadmin-activated" });
    expect(fieldsOf(await console.get("IPS_HostBasedSetupService"))["CurrentControlMode"]).toBe("0");
  });
  it.each([["acm", "Str0ng!pass", 0], ["acm", "weakpass", 2054], ["activated", "Str0ng!pass", 16]])(
    "of %s answers the MEBx password %s with %i",
    async (profile, password, returned) => {
      const answer = await new Console(profile).body(amt.SetupAndConfigurationService.SetMEBXPassword(password));
      expect(fieldsOf(answer)["ReturnValue"]).toBe(String(returned));
    },
  );
});

describe("AMT_AuthorizationService.SetAdminAclEntryEx", () => {
  it("changes the password that counts from the next request on", async () => {
    const console = new Console();
    const digest = (await ha1(console)).toString("base64");
    const answer = await console.body(amt.AuthorizationService.SetAdminACLEntryEx("admin", digest));
    expect(fieldsOf(answer)["ReturnValue"]).toBe("0");
    expect((await console.post("<x/>")).status).toBe(401);
    console.password = PASSWORD;
    expect((await console.post("<x/>")).status).toBe(400);
  });
  it.each([
    ["a password in hex", "admin", "00".repeat(16), 2054],
    ["no base64", "admin", "?", 2054],
    ["a name that is too long", "a".repeat(17), btoa("0123456789abcdef"), 12],
    ["a name of AMT's own", "$$OsAdmin", btoa("0123456789abcdef"), 12],
  ])("refuses %s", async (_, user, digest, returned) => {
    const input = `<h:Username>${user}</h:Username><h:DigestPassword>${digest}</h:DigestPassword>`;
    expect(await new Console().returned("AMT_AuthorizationService", "SetAdminAclEntryEx", input)).toBe(returned);
  });
});
