import { AMT, CIM, IPS } from "@device-management-toolkit/wsman-messages";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Fields } from "../../../../protocols/wsman/classes/declare.ts";
import { classNames, findClass } from "../../../../protocols/wsman/classes/mod.ts";
import { resourceUri } from "../../../../protocols/wsman/namespaces.ts";

const names = await classNames();
const declarations = await Promise.all(names.map(async (name) => (await findClass(name))!));

/** Where no device answers a Put with what it keeps: what must not be shown, by its name. */
const secretNames =
  /password|passphrase|^(keys|pskvalue|psk|secret|masterkey|keyblob|signingkey)$|accesscredential|otp$/i;
/** How passwords belong together, and whether the one of the BIOS is passed over. */
const notSecret = ["PasswordModel", "UserPasswordBypass"];

describe("findClass", () => {
  it("findClass finds each name of the index, exactly", () => {
    expect(declarations.map((declaration) => declaration?.name)).toEqual(names);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(["amt_generalsettings", "AMT_GENERALSETTINGS", resourceUri("AMT_GeneralSettings")])(
    "findClass tells the exact name for %s",
    async (name) => expect((await findClass(name))?.name).toBe("AMT_GeneralSettings"),
  );

  it.each(["", "AMT_", "AMT_GeneralSettings2", "constructor", "AMT_GeneralSettings AMT_WebUIService"])(
    "findClass finds nothing for %j",
    async (name) => expect(await findClass(name)).toBeUndefined(),
  );
});

describe("findClass with a broken file", () => {
  const broken = "../../../../protocols/wsman/classes/storage.ts";
  afterEach(() => {
    vi.doUnmock(broken);
    vi.resetModules();
  });

  it("findClass loads the file of the subject alone", async () => {
    vi.resetModules();
    vi.doMock(broken, () => {
      throw new Error("loaded");
    });
    const fresh = await import("../../../../protocols/wsman/classes/mod.ts");
    expect((await fresh.findClass("IPS_OptInService"))?.name).toBe("IPS_OptInService");
    expect(await fresh.classNames()).toEqual(names);
    await expect(fresh.findClass("AMT_ThirdPartyDataStorageService")).rejects.toThrow();
  });
});

describe("declarations", () => {
  it("declarations have every class that the device-management-toolkit names", () => {
    const theirs = [AMT.Classes, CIM.Classes, IPS.Classes].flatMap((each) => Object.values<string>(each));
    expect(theirs.length).toBe(60);
    expect(theirs.filter((name) => !names.includes(name))).toEqual([]);
  });

  it.each(declarations.map((declaration) => [declaration.name, declaration] as const))(
    "%s speaks of its own fields only",
    (name, { fields, keys, readOnly, dropOnPut, dropWhenEmpty, methods }) => {
      expect(resourceUri(name)).toMatch(/^http:/);
      const told = [...keys, ...readOnly, ...dropOnPut, ...dropWhenEmpty];
      expect(told.filter((field) => !Object.hasOwn(fields, field))).toEqual([]);
      expect(dropOnPut.filter((field) => !readOnly.includes(field))).toEqual([]);
      for (const { output } of Object.values(methods)) expect(output).toHaveProperty("ReturnValue.kind", "uint32");
    },
  );

  it("declarations mark every password and key as a secret", () => {
    const all = declarations.flatMap(({ name, fields, methods }) => [
      ...listed(name, fields),
      ...Object.entries(methods).flatMap(([method, { input, output }]) => [
        ...listed(`${name}.${method}`, input),
        ...listed(`${name}.${method}`, output),
      ]),
    ]);
    const named = all.filter(({ field }) => secretNames.test(field) && !notSecret.includes(field));
    expect(named.filter(({ isSecret }) => !isSecret)).toEqual([]);
    expect(new Set(named.map(({ field }) => field))).toEqual(
      new Set([
        "RSEPassword",
        "RFBPassword",
        "ProvisioningServerOTP",
        "NetworkAdminPassword",
        "Password",
        "DigestPassword",
        "MasterKey",
        "Passphrase",
        "SigningKey",
        "KeyBlob",
        "ProtectedAccessCredential",
        "PACPassword",
        "PSK",
        "Keys",
        "PSKValue",
        "PSKPassPhrase",
        "Secret",
      ]),
    );
  });

  it("declarations let a Get go without selectors where consoles do so", () => {
    const single = declarations.filter((declaration) => declaration.single).map(({ name }) => name);
    expect(single).toEqual(expect.arrayContaining([
      "AMT_GeneralSettings",
      "AMT_BootSettingData",
      "AMT_RedirectionService",
      "IPS_OptInService",
      "AMT_MessageLog",
      "AMT_AuditLog",
      "IPS_HostBasedSetupService",
      "CIM_ComputerSystemPackage",
      "CIM_Chassis",
      "CIM_Card",
      "CIM_BIOSElement",
      "IPS_KVMRedirectionSettingData",
    ]));
    const services = names.filter((name) => /Service$/.test(name) && name !== "CIM_HostedService");
    expect(services.filter((name) => !single.includes(name))).toEqual([]);
    for (const several of ["AMT_EthernetPortSettings", "AMT_TLSSettingData", "CIM_PhysicalMemory", "CIM_WiFiPort"]) {
      expect(single).not.toContain(several);
    }
  });
});

function listed(subject: string, fields: Fields) {
  return Object.entries(fields).map(([field, type]) => ({ subject, field, isSecret: type.secret ?? false }));
}
