import { AmtError } from "../core/errors/mod.ts";

const LOOPBACK = "127.0.0.1";
/** A line as this program writes it; another one with the same remark is somebody else's. */
const OUR_LINE = /^127\.0\.0\.1\t(\S+) # amtctl lms$/;
/** Names that every machine has for itself. */
const OWN_LABEL = /^(?:ip6-)?(?:localhost|loopback)\d*$/i;

/** Where the text of a hosts file comes from and goes to. */
export interface HostsFile {
  read(): Promise<string>;
  /** Writes it whole or not at all. */
  replace(text: string): Promise<void>;
}

/** Whether a text is a name that may stand in a hosts file: letters, digits, `-` and `.`, at most 253 characters. */
export function isHostName(name: string): boolean {
  const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;
  return name.length <= 253 && name.split(".").every((each) => label.test(each)) && !/^[\d.]+$/.test(name);
}

/**
 * Leads AMT's host name to this machine itself, in place of what this program wrote before. The name comes from the
 * firmware: one that is none, or that every machine has for itself, rejects with `firmware.protocol`, and one that the
 * file leads to another machine with `amt.state`.
 */
export async function mapHostName(file: HostsFile, name: string): Promise<void> {
  if (!isHostName(name) || name.split(".").some((label) => OWN_LABEL.test(label))) {
    throw new AmtError("firmware.protocol", `the firmware's host name ${JSON.stringify(name)} is none of its own`, {
      hint: "It is left out of the hosts file; give AMT a host name",
    });
  }
  const text = withoutOurs(await file.read());
  const other = addressOf(name, text);
  if (other !== undefined) {
    throw new AmtError("amt.state", `the hosts file leads the firmware's host name ${name} to ${other}`, {
      hint: "It is left as it is; give AMT another host name, or take that line out",
    });
  }
  const end = text === "" || text.endsWith("\n") ? "" : "\n";
  await file.replace(`${text}${end}${LOOPBACK}\t${name} # amtctl lms\n`);
}

/** Takes our lines out again, and answers the names in them; leaves a file without one alone. */
export async function unmapHostNames(file: HostsFile): Promise<string[]> {
  const text = await file.read();
  const names = text.split("\n").flatMap((line) => OUR_LINE.exec(line)?.[1] ?? []);
  if (names.length > 0) await file.replace(withoutOurs(text));
  return names;
}

function withoutOurs(text: string): string {
  return text.split("\n").filter((line) => !OUR_LINE.test(line)).join("\n");
}

/** The first address beyond this machine that the file has for a name. Source of the format: hosts(5). */
function addressOf(name: string, text: string): string | undefined {
  for (const line of text.split("\n")) {
    const [address, ...names] = line.replace(/#.*/s, "").trim().split(/\s+/);
    const isIt = names.some((each) => each.toLowerCase() === name.toLowerCase());
    if (isIt && address !== undefined && address !== "::1" && !address.startsWith("127.")) return address;
  }
  return undefined;
}
