import { AmtError } from "../core/errors/mod.ts";

/** Marks a line as ours. */
const MARK = "# amtctl lms";
const LOOPBACK = "127.0.0.1";

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
 * Leads AMT's host name to this machine itself, in place of what this program wrote before. A name that is not one is
 * refused, since it comes from the firmware: `firmware.protocol`.
 */
export async function mapHostName(file: HostsFile, name: string): Promise<void> {
  if (!isHostName(name)) {
    throw new AmtError("firmware.protocol", `the firmware's host name ${JSON.stringify(name)} is none`, {
      hint: "It is left out of the hosts file",
    });
  }
  const text = withoutOurs(await file.read());
  const end = text === "" || text.endsWith("\n") ? "" : "\n";
  await file.replace(`${text}${end}${LOOPBACK}\t${name} ${MARK}\n`);
}

/** Takes our line out again; leaves a file without one alone. */
export async function unmapHostName(file: HostsFile): Promise<void> {
  const text = await file.read();
  const without = withoutOurs(text);
  if (without !== text) await file.replace(without);
}

function withoutOurs(text: string): string {
  return text.split("\n").filter((line) => !line.trimEnd().endsWith(MARK)).join("\n");
}
