import type { HostInterface } from "./host.ts";

/** An address as Deno.networkInterfaces and os.networkInterfaces have it. */
interface Address {
  readonly name: string;
  readonly mac: string;
  readonly family: string;
  readonly address: string;
}

/** The addresses gathered by interface; both runtimes list one address at a time. */
export function byInterface(addresses: readonly Address[]): HostInterface[] {
  const names = [...new Set(addresses.map(({ name }) => name))];
  return names.map((name) => {
    const own = addresses.filter((each) => each.name === name);
    const of = (family: string) => own.filter((each) => each.family === family).map(({ address }) => address);
    return { name, macAddress: own[0]!.mac.toLowerCase(), addresses: [...of("IPv4"), ...of("IPv6")] };
  });
}
