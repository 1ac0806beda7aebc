import { guid } from "../../core/guid.ts";
import type { ApfMessage, ApfMessageOf } from "./messages.ts";
import { violation } from "./session_end.ts";

const SERVICES = ["auth@amt.intel.com", "pfwd@amt.intel.com"];
const SERVICE_NOT_AVAILABLE = 7;
const VERSION_NOT_SUPPORTED = 8;

/** As Intel LMS and lms8 send it. */
const OURS: ApfMessage = {
  kind: "protocolVersion",
  major: 1,
  minor: 0,
  triggerReason: "lmeRequest",
  uuid: guid("00000000-0000-0000-0000-000000000000"),
};

/** The exchange of versions, and the services. */
export class Handshake {
  readonly #send: (message: ApfMessage) => void;
  #isDone = false;
  #isAnswerDue = false;

  constructor(send: (message: ApfMessage) => void) {
    this.#send = send;
  }

  /** Both sides have told their version. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Tells our version unasked, unless the firmware told its own; what then comes is the answer, or has crossed it. */
  speakFirst(): void {
    if (this.#isDone) return;
    this.#isAnswerDue = true;
    this.#send(OURS);
  }

  /** The firmware's version. It may tell it again at any time, and is answered. */
  version({ major, minor }: ApfMessageOf<"protocolVersion">): void {
    if (major < 1) throw violation(`the firmware speaks version ${major}.${minor}`, VERSION_NOT_SUPPORTED);
    if (!this.#isAnswerDue) this.#send(OURS);
    this.#isAnswerDue = false;
    this.#isDone = true;
  }

  service({ service }: ApfMessageOf<"serviceRequest">): void {
    if (!SERVICES.includes(service)) throw violation(`there is no service "${service}"`, SERVICE_NOT_AVAILABLE);
    this.#send({ kind: "serviceAccept", service });
  }

  /** Whoever has the firmware's end of the MEI needs no password, as with Intel LMS. */
  userauth(): void {
    this.#send({ kind: "userauthSuccess" });
  }
}
