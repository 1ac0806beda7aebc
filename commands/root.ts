import type { CommandGroup } from "./command.ts";

/** Every command, by its name; each is loaded when it is called. */
export const root: CommandGroup = {
  brief: "Multitool for machines with Intel AMT",
  commands: {
    clients: () => import("./clients.ts"),
    devices: () => import("./devices.ts"),
    status: () => import("./status.ts"),
    doctor: () => import("./doctor.ts"),
    is: () => import("./is.ts"),
    hfsts: () => import("./hfsts.ts"),
    explain: () => import("./explain.ts"),
    bundle: () => import("./bundle.ts"),
    send: () => import("./send.ts"),
    watchdog: {
      brief: "The watchdog by which AMT tells a remote console that the operating system hangs",
      commands: {
        status: () => import("./watchdog_status.ts"),
        ping: () => import("./watchdog_ping.ts"),
        start: () => import("./watchdog_start.ts"),
        stop: () => import("./watchdog_stop.ts"),
        run: () => import("./watchdog_run.ts"),
      },
    },
    tunnel: () => import("./tunnel.ts"),
    lms: () => import("./lms.ts"),
    apf: {
      brief: "Look into the tunnel to AMT: the messages of the protocol APF",
      commands: {
        monitor: () => import("./apf_monitor.ts"),
        open: () => import("./apf_open.ts"),
        replay: () => import("./apf_replay.ts"),
      },
    },
    wsman: {
      brief: "AMT's web service, class by class: on this machine, or on another one with --host",
      commands: {
        identify: () => import("./wsman_identify.ts"),
        get: () => import("./wsman_get.ts"),
        enum: () => import("./wsman_enum.ts"),
        put: () => import("./wsman_put.ts"),
        invoke: () => import("./wsman_invoke.ts"),
        classes: () => import("./wsman_classes.ts"),
      },
    },
    sim: {
      brief: "Simulated machines, for consoles and scripts of your own",
      commands: { serve: () => import("./sim_serve.ts") },
    },
    setup: {
      brief: "Prepare this machine",
      commands: { permissions: () => import("./setup_permissions.ts") },
    },
    schema: () => import("./schema.ts"),
    help: () => import("./help.ts"),
  },
  aliases: { info: "status" },
};
