const heading = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

/** A listener, at an address as the kernel writes it: port 16992 is 4260, 16993 is 4261. */
export interface ListeningSocket {
  readonly local: string;
  readonly uid: number | string;
}

/** /proc/net/tcp or tcp6 with these listeners. */
export function listening(...sockets: readonly ListeningSocket[]): string {
  const lines = sockets.map(({ local, uid }) => {
    const remote = local.length > 13 ? "00000000000000000000000000000000:0000" : "00000000:0000";
    return `   0: ${local} ${remote} 0A 00000000:00000000 00:00000000 00000000 ${
      String(uid).padStart(5)
    }        0 1776028 1 ` +
      "00000000ec52718f 100 0 0 10 0                   \n";
  });
  return heading + lines.join("");
}
