/** By the last four digits of the MessageID and the argument. Source: Intel LMS CimToEventTranslator, MeshCommander. */
const meanings: Readonly<Record<string, string>> = {
  "0050-0": "manageability is enabled",
  "0050-48": "a serial-over-LAN session started",
  "0050-49": "the serial-over-LAN session ended",
  "0050-50": "an IDE redirection session started",
  "0050-51": "the IDE redirection session ended",
  "0052-0": "a KVM session is asked for",
  "0052-1": "a KVM session started",
  "0052-2": "the KVM session ended",
  "0052-3": "the KVM session's data channel",
  "0055-0": "AMT is not set up",
  "0055-1": "AMT is being set up",
  "0055-2": "AMT is set up",
  "0055-3": "AMT is being unprovisioned",
  "0055-4": "the control mode changed",
  "0057-0": "the network's state changed",
  "0058-0": "the remote access tunnel ended",
  "0058-1": "the remote access tunnel is connected",
  "0059-0": "KVM was disabled",
  "0059-1": "KVM was enabled",
  "0064-1": "the user consented",
  "0064-2": "the user's consent ended",
  "0064-3": "the user's consent is asked for",
  "0064-4": "the settings of user consent changed",
  "0065-0": "the wired interface needs a new address",
  "0065-1": "the wireless interface needs a new address",
  "0067-0": "a graceful shutdown is asked for",
  "0067-1": "a graceful restart is asked for",
  "0067-2": "graceful sleep is asked for",
  "0067-3": "graceful hibernation is asked for",
};

/** Those that mean the same with every argument. */
const families: Readonly<Record<string, string>> = {
  "0002": "agent presence",
  "0003": "agent presence",
  "0005": "agent presence",
  "0049": "wireless network",
  "0056": "system defense",
  "0062": "the addresses are synchronised",
  "0063": "the proxy is synchronised",
  "0066": "wireless network",
  "0068": "wireless network",
  "0069": "the time is synchronised",
  "0071": "somebody tries to disable AMT",
};

/** What an alert means, as far as peers know. */
export function alertMeaning(messageId: string, argument: string): string | null {
  const number = messageId.slice(-4);
  return meanings[`${number}-${argument}`] ?? families[number] ?? null;
}
