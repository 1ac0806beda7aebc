/** Every exit code of the program and what it means; `amtctl help exit-codes` prints it. */
export const exitCodes = {
  0: "ok",
  1: "unexpected failure",
  2: "usage: the command line or an input is wrong",
  3: "no Management Engine, driver or device",
  4: "permission denied",
  5: "busy: another program holds what is needed",
  6: "AMT is absent on this platform",
  7: "AMT is disabled or not ready",
  8: "wrong state for this request",
  9: "authentication refused",
  10: "cannot connect",
  11: "TLS or identity not trusted",
  12: "timed out, and nothing changed",
  13: "the firmware refused, or its answer cannot be used",
  14: "user consent needed",
  15: "indeterminate: a change was sent and its answer lost; read before retrying",
  16: "the firmware does not offer this client",
  20: "doctor found something",
  21: "no (answer of a predicate)",
  130: "interrupted",
} as const;

export type ExitCode = keyof typeof exitCodes;

interface Entry {
  readonly exit: ExitCode;
  readonly hint: string;
}

/** The one catalog: what can go wrong, how the program exits then, and what to do next. */
export const catalog = {
  unexpected: { exit: 1, hint: "This is a defect; report it with the command line and the output of -vvv" },
  "io.write": { exit: 1, hint: "Check what is written to: the free space of a disk, the state of a device" },
  "io.read": { exit: 1, hint: "Check what is read from: the disk, or the program that writes it" },
  "command.failed": { exit: 1, hint: "See what the command itself printed" },
  usage: { exit: 2, hint: "See amtctl --help" },
  "mei.absent": {
    exit: 3,
    hint: "Load the driver (modprobe mei_me), look for the PCI function (lspci -s 16.0), and check that the firmware " +
      "setup leaves the Management Engine on",
  },
  "mei.permission": { exit: 4, hint: "Run it with sudo, or let a group use the device: amtctl setup permissions" },
  "io.permission": { exit: 4, hint: "Name a file that this user may use, or run it with sudo" },
  "mei.busy": { exit: 5, hint: "Stop the program that holds it, or try again when it is done" },
  "amt.absent": { exit: 6, hint: "This platform's firmware has no AMT; only vPro (corporate) firmware has it" },
  "amt.disabled": { exit: 7, hint: "Enable AMT in the firmware setup (MEBx), then start again" },
  "mei.notReady": { exit: 7, hint: "Wait until /sys/class/mei/mei0/dev_state says ENABLED, then try again" },
  "mei.reset": { exit: 7, hint: "The Management Engine restarted in the middle; try again" },
  "amt.state": { exit: 8, hint: "Bring AMT into the state that this request needs" },
  "auth.refused": { exit: 9, hint: "Check the user name and the password" },
  "auth.denied": {
    exit: 9,
    hint: "Use a user with the realm that this needs, or AMT's other interface (local, network)",
  },
  "net.listen": { exit: 5, hint: "Stop the program that has the port, or choose another one" },
  "net.connect": { exit: 10, hint: "Check the address, the port and the network" },
  "tls.unsupported": { exit: 10, hint: "Use the executable that is made with Bun, which speaks older TLS" },
  "tls.untrusted": { exit: 11, hint: "Check the certificate, and pin it if it is right" },
  "tls.changed": {
    exit: 11,
    hint:
      "If the certificate was replaced on purpose, take its line out of the file of known hosts; else do not connect",
  },
  timeout: { exit: 12, hint: "Try again, with a longer --timeout if the machine is slow" },
  "firmware.refused": {
    exit: 13,
    hint: "Firmware of another release, or in another state, may answer; amtctl doctor shows the state",
  },
  "http.status": { exit: 13, hint: "Check the host and the port: what answers is perhaps not AMT" },
  "wsman.fault": { exit: 13, hint: "Firmware of another release, or in another state, may answer" },
  "firmware.protocol": {
    exit: 13,
    hint: "Try again; if it stays, report it with the firmware's version and the output of -vvv",
  },
  "consent.needed": { exit: 14, hint: "Ask the user at the machine for the code on its screen" },
  indeterminate: { exit: 15, hint: "Read the state before you retry: the change may have been made" },
  "mei.clientNotOffered": { exit: 16, hint: "See amtctl clients for what this firmware offers" },
  "mei.closed": { exit: 1, hint: "The connection was closed by this program; open another one" },
  "doctor.findings": { exit: 20, hint: "Each finding says what to do" },
  no: { exit: 21, hint: "The answer is no" },
  cancelled: { exit: 130, hint: "Nothing more to do" },
} as const satisfies Record<string, Entry>;

export type ErrorCode = keyof typeof catalog;
