import { describe, expect, it } from "vitest";
import { embedded, list, secret, text, wsmanClass } from "../../../protocols/wsman/classes/declare.ts";
import { xmlElement } from "../../../protocols/wsman/mod.ts";
import { hideSecrets, hideSecretsInXml } from "../../../services/wsman/secrets.ts";

const inner = wsmanClass("AMT_Inner", { fields: { Key: secret(text), Name: text } });
const fields = {
  Name: text,
  PasswordPolicy: text,
  RFBPassword: secret(text),
  Keys: list(secret(text)),
  Inner: embedded(inner),
  Inners: list(embedded(inner)),
};

describe("hideSecrets", () => {
  it("hides what is declared as a secret, in lists and embedded instances too, and leaves what is empty", () => {
    expect(hideSecrets(fields, {
      Name: "a",
      PasswordPolicy: "strict",
      RFBPassword: "s3cret",
      Keys: ["k1", ""],
      Inner: { Key: "k", Name: "b" },
      Inners: [{ Key: "k", Name: "c" }],
    })).toEqual({
      Name: "a",
      PasswordPolicy: "strict",
      RFBPassword: "***",
      Keys: ["***", ""],
      Inner: { Key: "***", Name: "b" },
      Inners: [{ Key: "***", Name: "c" }],
    });
  });

  it("takes what is not declared for a secret by its name", () => {
    expect(hideSecrets({}, { AdminPassword: "x", PSKValue: "y", Passphrase: ["z"], Secret: { a: "1" }, Name: "n" }))
      .toEqual({ AdminPassword: "***", PSKValue: "***", Passphrase: ["***"], Secret: "***", Name: "n" });
    expect(hideSecrets(fields, { Inner: { Other: { UserPassword: "x" } } }))
      .toEqual({ Inner: { Other: { UserPassword: "***" } } });
  });

  it("leaves references as they are", () => {
    const reference = { address: "a", resourceUri: "urn:x", selectors: { Name: "n" } };
    expect(hideSecrets({}, { Where: reference })).toEqual({ Where: reference });
  });
});

describe("hideSecretsInXml", () => {
  it("hides the same, with whatever stands in the element", () => {
    const leaf = (name: string, content: string) => xmlElement("urn:x", name, content);
    const element = xmlElement("urn:x", "AMT_X", [
      leaf("Name", "a"),
      leaf("RFBPassword", "s3cret"),
      leaf("Keys", ""),
      xmlElement("urn:x", "Inner", [leaf("Key", "k"), leaf("Name", "b")]),
      xmlElement("urn:x", "NewPassword", [leaf("Part", "p")]),
    ]);
    expect(hideSecretsInXml(fields, element)).toEqual(xmlElement("urn:x", "AMT_X", [
      leaf("Name", "a"),
      leaf("RFBPassword", "***"),
      leaf("Keys", ""),
      xmlElement("urn:x", "Inner", [leaf("Key", "***"), leaf("Name", "b")]),
      leaf("NewPassword", "***"),
    ]));
  });
});
