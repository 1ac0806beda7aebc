import type { CommandGroup } from "./command.ts";

/** Every command, by its name; each is loaded when it is called. */
export const root: CommandGroup = {
  brief: "Multitool for machines with Intel AMT",
  commands: {
    clients: () => import("./clients.ts"),
    devices: () => import("./devices.ts"),
    send: () => import("./send.ts"),
    setup: {
      brief: "Prepare this machine",
      commands: { permissions: () => import("./setup_permissions.ts") },
    },
    schema: () => import("./schema.ts"),
    help: () => import("./help.ts"),
  },
};
