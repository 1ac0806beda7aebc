import { expect, it } from "vitest";
import { encode, toHex } from "../../../core/binary/mod.ts";
import { type Guid, guid, guidLe } from "../../../core/guid.ts";
import { AMTHI, MKHI } from "../../../protocols/mei/known_clients.ts";
import type { Fault } from "../../../simulator/faults.ts";
import { SimulatedMe } from "../../../simulator/me.ts";
import { createSimulator } from "../../../simulator/mod.ts";
import { ECHO, echo, meWith } from "../../simulator/echo.ts";
import { describeRig } from "./describe_rig.ts";
import { run } from "./processes.ts";
import { type FuseRigOptions, rigProgram, startFuseRig } from "./rig.ts";

const connect = (client: Guid) => `connect:${toHex(encode(guidLe, client))}`;
/** The first message is never done with, so the firmware has no credit for a second. */
const stuck: readonly Fault[] = [{ kind: "slow", nth: 1, delayMs: 60_000 }];
const fixed = echo({ fixedAddress: 7, maxConnections: 0 });
/** The client for firmware updates, which says nothing here. */
const silent = guid("309dcde8-ccb1-4062-8f78-600115a34327");
const nobody = guid("11111111-2222-3333-4444-555555555555");
/** As mei-amt-check sent it over the real driver; the answer has 20 bytes. */
const getProvisioningState = "write:010100001100000400000000";
const answer = "0101000011008004080000000000000002000000";

interface Row {
  readonly title: string;
  readonly steps: readonly string[];
  readonly lines: readonly (string | RegExp)[];
  readonly profile?: string;
  readonly faults?: readonly Fault[];
  /** In place of a profile with faults. */
  readonly me?: () => SimulatedMe;
  readonly options?: FuseRigOptions;
}

// What the driver answers: drivers/misc/mei/main.c and client.c of Linux 6.12.
const rows: readonly Row[] = [
  {
    title: "CONNECT writes max_msg_length and protocol_version, and leaves the rest of the GUID",
    steps: ["open", connect(AMTHI)],
    // The bytes that fwupd captured from an ME 11.8.93.
    lines: ["open 0", "connect 0 0014000001b42d4baca846e0ff65814c"],
  },
  {
    title: "CONNECT answers ENOTTY for a client that is not there, also when AMT is disabled",
    profile: "disabled",
    steps: ["open", connect(nobody), connect(AMTHI)],
    lines: ["open 0", "connect ENOTTY", "connect ENOTTY"],
  },
  {
    title: "CONNECT answers EBUSY on a second descriptor and on a connected one",
    steps: ["open", connect(AMTHI), connect(AMTHI), "open", connect(AMTHI), "use:0", "close", "use:1", connect(AMTHI)],
    lines: [
      "open 0",
      /^connect 0/,
      "connect EBUSY",
      "open 0",
      "connect EBUSY",
      "use 0",
      "close 0",
      "use 0",
      /^connect 0/,
    ],
  },
  {
    title: "CONNECT answers EFAULT when the firmware does not answer in time",
    options: { silentTo: (client) => client === AMTHI, connectTimeoutMs: 300 },
    steps: ["open:nonblock", connect(AMTHI), connect(MKHI)],
    lines: ["open 0", "connect EFAULT", /^connect 0/],
  },
  {
    title: "an unknown ioctl answers ENOTTY",
    steps: ["open", "ioctl:40044899:1"],
    lines: ["open 0", "ioctl ENOTTY"],
  },
  {
    title: "NOTIFY_SET and NOTIFY_GET answer as with HBM 2.0",
    steps: [
      "open:nonblock",
      "ioctl:40044802:1",
      "ioctl:80044803",
      connect(AMTHI),
      "ioctl:40044802:2",
      "ioctl:40044802:1",
      "ioctl:80044803",
    ],
    lines: ["open 0", "ioctl ENODEV", "ioctl ENODEV", /^connect 0/, "ioctl EINVAL", "ioctl 0", "ioctl EAGAIN"],
  },
  {
    title: "CONNECT_VTAG answers EOPNOTSUPP, for no simulated client has tags",
    steps: ["open", "ioctl:c0144804"],
    lines: ["open 0", "ioctl EOPNOTSUPP"],
  },
  {
    title: "NOTIFY_SET answers EOPNOTSUPP with HBM 1.1",
    profile: "legacy",
    steps: ["open", connect(AMTHI), "ioctl:40044802:1"],
    lines: ["open 0", /^connect 0/, "ioctl EOPNOTSUPP"],
  },
  {
    title: "read, write and poll need a connection",
    steps: ["open:nonblock", "read:64", "write:00", "poll:5:0"],
    lines: ["open 0", "read ENODEV", "write ENODEV", /^poll [0-9a-f]*8$/],
  },
  {
    title: "write answers EFBIG above the maximum message length",
    steps: ["open", connect(AMTHI), "fill:5121", "fill:5120"],
    lines: ["open 0", /^connect 0/, "fill EFBIG", "fill 5120"],
  },
  {
    title: "write of nothing sends nothing",
    steps: ["open:nonblock", connect(AMTHI), "fill:0", "read:64"],
    lines: ["open 0", /^connect 0/, "fill 0", "read EAGAIN"],
  },
  {
    title: "write answers EAGAIN when 50 messages wait",
    faults: stuck,
    steps: ["open:nonblock", connect(AMTHI), "writes:100"],
    lines: ["open 0", /^connect 0/, /^writes 5[01] EAGAIN$/],
  },
  {
    title: "a blocking write waits when 50 messages wait, until a signal ends it with EINTR",
    faults: stuck,
    steps: ["open", connect(AMTHI), "alarm:300", "writes:100"],
    lines: ["open 0", /^connect 0/, "alarm 0", "writes 51 EINTR"],
  },
  {
    title: "fsync needs a connection, and waits until the queue is empty",
    faults: stuck,
    steps: ["open", "fsync", connect(AMTHI), "fsync", "writes:2", "alarm:300", "fsync"],
    lines: ["open 0", "fsync ENODEV", /^connect 0/, "fsync 0", "writes 2", "alarm 0", "fsync EINTR"],
  },
  {
    title: "read gives one message, and keeps what does not fit",
    steps: ["open", connect(AMTHI), getProvisioningState, "read:12", "read:0", "read:64"],
    lines: [
      "open 0",
      /^connect 0/,
      "write 12",
      `read 12 ${answer.slice(0, 24)}`,
      "read 0",
      `read 8 ${answer.slice(24)}`,
    ],
  },
  {
    title: "a message without bytes ends a read with 0",
    faults: [{ kind: "empty", nth: 1 }],
    steps: ["open", connect(AMTHI), getProvisioningState, "read:64", getProvisioningState, "read:64"],
    lines: ["open 0", /^connect 0/, "write 12", "read 0", "write 12", `read 20 ${answer}`],
  },
  {
    title: "poll waits for a message, and tells that there is room",
    steps: ["open:nonblock", connect(AMTHI), "poll:1:50", "poll:4:0", getProvisioningState, "poll:1:5000", "read:64"],
    lines: ["open 0", /^connect 0/, "poll 0", "poll 4", "write 12", "poll 1", `read 20 ${answer}`],
  },
  {
    title: "the firmware cannot answer before a read or a poll for reading, even one that finds nothing",
    steps: ["open:nonblock", connect(AMTHI), getProvisioningState, "poll:0:300", "read:64", "poll:0:300", "read:64"],
    lines: ["open 0", /^connect 0/, "write 12", "poll 0", "read EAGAIN", "poll 0", `read 20 ${answer}`],
  },
  {
    title: "a message beyond the buffer that waits for it is lost with EMSGSIZE",
    me: () => meWith([echo()], [{ kind: "long", nth: 1, onwards: true }]),
    steps: ["open", connect(ECHO), "fill:2000", "read:2000", "fill:2000", "read:3000", "write:aabb", "read:64"],
    lines: [
      "open 0",
      /^connect 0/,
      "fill 2000",
      "read EMSGSIZE",
      "fill 2000",
      /^read 2004 0+$/,
      "write 2",
      "read 6 aabb00000000",
    ],
  },
  {
    title: "CONNECT to a client at a fixed address answers EBUSY when somebody has it, and needs no credit",
    me: () => meWith([fixed]),
    steps: ["open:nonblock", connect(ECHO), "write:aa", "poll:0:300", "read:64", "open", connect(ECHO)],
    lines: ["open 0", /^connect 0/, "write 1", "poll 0", "read 1 aa", "open 0", "connect EBUSY"],
  },
  {
    title: "CONNECT answers ENOTTY for a client at a fixed address before HBM 2.0",
    me: () => new SimulatedMe({ ...meWith([fixed]).profile, hbmVersion: { major: 1, minor: 1 } }),
    steps: ["open", connect(ECHO)],
    lines: ["open 0", "connect ENOTTY"],
  },
  {
    title: "CONNECT works again on a descriptor that the firmware disconnected",
    faults: [{ kind: "disconnect", nth: 1 }],
    steps: ["open", connect(AMTHI), getProvisioningState, "read:64", connect(AMTHI), getProvisioningState, "read:64"],
    lines: ["open 0", /^connect 0/, "write 12", "read ENODEV", /^connect 0/, "write 12", `read 20 ${answer}`],
  },
  {
    title: "a signal ends a blocking read with EINTR",
    steps: ["open", connect(silent), "alarm:100", "read:64"],
    lines: ["open 0", /^connect 0/, "alarm 0", "read EINTR"],
  },
  {
    title: "after a reset everything answers ENODEV until the file is opened again",
    faults: [{ kind: "reset", nth: 1 }],
    steps: ["open", connect(AMTHI), getProvisioningState, "read:64", "write:00", "poll:1:0", "open", connect(AMTHI)],
    lines: ["open 0", /^connect 0/, "write 12", "read ENODEV", "write ENODEV", /^poll 8$/, "open 0", /^connect 0/],
  },
  {
    title: "open answers EMFILE for the 256th handle",
    steps: ["many:300"],
    lines: ["many 255 EMFILE"],
  },
  {
    title: "open answers EACCES to a user without rights",
    steps: ["user:65534", "open"],
    lines: ["user 0", "open EACCES"],
  },
];

describeRig("system calls on the FUSE /dev/mei0", () => {
  it.each(rows)("$title", async ({ steps, lines, options, ...row }) => {
    const me = row.me?.() ?? createSimulator(row.profile, { faults: row.faults ?? [] }).me;
    await using rig = await startFuseRig(me, options);
    const { stdout, stderr } = await run([rigProgram("calls"), rig.device, ...steps]);
    expect(stderr).toBe("");
    const printed = stdout.trimEnd().split("\n");
    expect(printed).toEqual(lines.map((line) => typeof line === "string" ? line : expect.stringMatching(line)));
    await expect.poll(() => me.openConnections).toBe(0);
  });

  it("every call answers ENODEV while the device is not ENABLED, and open does too", async () => {
    const { me } = createSimulator();
    await using rig = await startFuseRig(me);
    const steps = [
      "open",
      connect(AMTHI),
      "ask:disable",
      "write:00",
      "read:9",
      "ioctl:40044802:1",
      "open",
      "ask:enable",
      "open",
    ];
    const { stdout } = await run([rigProgram("calls"), rig.device, ...steps], {
      onLine(line) {
        if (!line.startsWith("ask:")) return undefined;
        rig.server.setEnabled(line === "ask:enable");
        return "\n";
      },
    });
    const results = stdout.trimEnd().split("\n").filter((line) => !line.startsWith("ask:"));
    expect(results.slice(2)).toEqual(["write ENODEV", "read ENODEV", "ioctl ENODEV", "open ENODEV", "open 0"]);
  });
});
