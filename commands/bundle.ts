import { fromHex, toHex } from "../core/binary/mod.ts";
import { AmtError } from "../core/errors/mod.ts";
import { BUNDLE_LIMIT } from "../services/bundle/archive.ts";
import type { Facts } from "../services/bundle/make_bundle.ts";
import { partSources, partText } from "./bundle_parts.ts";
import type { BundleOutput } from "./bundle.schema.ts";
import { command, type Context, type Terminal } from "./command.ts";
import { currentRuntime } from "./context.ts";
import type { Machine } from "./machine.ts";
import { readInput } from "./read_input.ts";
import { pairs } from "./table.ts";
import { versionOutput } from "./version.ts";

type Made = Extract<BundleOutput, { action: "make" }>;
type Shown = Extract<BundleOutput, { action: "show" }>;

/** Two parts ask the firmware, status and doctor; both fit into the 30 s that a command has unless told otherwise. */
const PART_MS = 10_000;
const SHOW = "show";

export default command({
  brief: "Write all that amtctl tells of a machine into one file, for whoever is to help",
  description:
    "The file is a tar.gz with the JSON of status, doctor, hfsts, devices, clients and --version; what cannot be had\n" +
    "is in it with its reason. Passwords and keys are never in it. UUIDs, MAC and IP addresses and host names are\n" +
    "replaced by placeholders, the same value by the same one. show renders a file from another machine.",
  flags: {
    output: {
      kind: "value",
      brief: "The file to write; - for standard output",
      placeholder: "FILE",
      short: "o",
      parse: parseFile,
    },
    force: { kind: "switch", brief: "Replace a file that is there" },
    identifying: { kind: "switch", brief: "Keep UUIDs, addresses and host names as they are" },
  },
  arguments: [
    { name: "ACTION", brief: "show; left out, a bundle is made", optional: true, parse: parseAction },
    { name: "FILE", brief: "The bundle to show; - for standard input", optional: true, parse: parseFile },
  ],
  examples: [
    "sudo amtctl bundle -o amt.tar.gz",
    "amtctl bundle show amt.tar.gz",
    "amtctl bundle show amt.tar.gz --json | jq .parts.status",
  ],

  async run(context, { output, force, identifying }, [action, file]): Promise<BundleOutput> {
    if (action === SHOW) {
      if (output !== undefined || force || identifying) throw misused("show takes no flags of making a bundle");
      if (file === undefined) throw misused("show: FILE is missing");
      return await show(context, file);
    }
    if (output === undefined) throw misused("no file is named to write to");
    return await make(context, output, { force, identifying });
  },

  render: (answer, terminal) => answer.action === "make" ? madeText(answer) : shownText(answer, terminal),
});

interface MakeFlags {
  readonly force: boolean;
  readonly identifying: boolean;
}

async function make(context: Context, file: string, { force, identifying }: MakeFlags): Promise<Made> {
  const { expectWritable, writeFile } = await import("./write_file.ts");
  const toOutput = file === "-";
  if (!toOutput) await expectWritable(file, force, "--force replaces it");
  const { makeBundle } = await import("../services/bundle/make_bundle.ts");
  const machine = await context.machine();
  const { signal, notes } = context;
  const { manifest, archive } = await makeBundle(machine.host, await facts(machine), partSources(context), {
    identifying,
    signal,
    partMs: PART_MS,
    time: new Date(),
    progress: (part) => notes.progress(`asking for ${part}`),
  });
  if (!toOutput) await writeFile(file, archive, { mode: 0o600, replace: force, signal });
  return {
    action: "make",
    file,
    size: archive.length,
    archive: toOutput ? toHex(archive) : null,
    manifest: { ...manifest, files: [...manifest.files] },
    unavailable: manifest.files.flatMap(({ name, error }) => error === null ? [] : [{ field: name, reason: error }]),
    warnings: identifying ? ["the bundle holds what identifies this machine; show it to nobody who must not know"] : [],
  };
}

async function facts({ host, device }: Machine): Promise<Facts> {
  const { version, runtime, platform } = versionOutput(await currentRuntime());
  const kernel = host.readText("/proc/sys/kernel/osrelease")?.trim() ?? "";
  return {
    amtctl: version,
    device: deviceName(device),
    runtime: `${runtime.name} ${runtime.version}`,
    system: `${platform.os} ${platform.arch} ${kernel}`.trim(),
  };
}

/** Throws `usage` for what is no device. */
function deviceName(device: Machine["device"]): string | null {
  try {
    return device().name;
  } catch (error) {
    if (!(error instanceof AmtError) || error.code !== "mei.absent") throw error;
    return null;
  }
}

async function show(context: Context, file: string): Promise<Shown> {
  const { signal, input } = context;
  const bytes = file === "-"
    ? new Uint8Array(await readInput(input, BUNDLE_LIMIT, signal))
    : await (await import("./read_file.ts")).readFile(file, BUNDLE_LIMIT, signal);
  const { readBundle } = await import("../services/bundle/read_bundle.ts");
  const { manifest, parts, unavailable, warnings } = await readBundle(bytes);
  return {
    action: "show",
    file,
    manifest: { ...manifest, files: [...manifest.files] },
    parts: Object.fromEntries(parts),
    unavailable: [...unavailable],
    warnings: [...warnings],
  };
}

function madeText({ file, size, archive, manifest: { files, identifying } }: Made): string | Uint8Array {
  if (archive !== null) return fromHex(archive);
  const hidden = identifying ? "" : "; what identifies this machine is replaced by placeholders";
  return `${file}: ${files.length} parts, ${size} bytes${hidden}`;
}

function shownText({ manifest, parts }: Shown, terminal: Terminal): string {
  const { amtctl, time, device, runtime, system, identifying } = manifest;
  const head = pairs([
    ["made", `${time} by amtctl ${amtctl} on ${runtime}`],
    ["device", device],
    ["system", system],
    ["identities", identifying ? "as they are" : "replaced by placeholders"],
  ]);
  const texts = Object.entries(parts).map(([name, value]) =>
    `${terminal.style("bold", `=== ${name} ===`)}\n${partText(name, value, terminal)}`
  );
  return [head, ...texts].join("\n\n");
}

function parseAction(text: string): typeof SHOW {
  if (text === SHOW) return SHOW;
  throw new AmtError("usage", `"${text}" is nothing that bundle does`, {
    hint: "amtctl bundle -o FILE, or bundle show FILE",
  });
}

function parseFile(text: string): string {
  if (text !== "") return text;
  throw new AmtError("usage", "the name of the file is empty", { hint: "Name a file, or - for the standard stream" });
}

function misused(message: string): AmtError {
  return new AmtError("usage", message, { hint: "amtctl bundle -o FILE, or bundle show FILE" });
}
