import type { AmthiMessage } from "../../protocols/amthi/mod.ts";
import type { Collector, FieldPath, Refusal } from "./collector.ts";
import type { Status } from "./status.ts";

/** Sends one command; tells the fields as unavailable when there is no data, as `Take` does. */
export type Ask = <Request, Response>(
  fields: readonly FieldPath[],
  message: AmthiMessage<Request, Response>,
  request: Request,
  isNothing?: (refusal: Refusal) => boolean,
) => Promise<Response | undefined>;

/** What one command, or a few, tell. */
export interface AmthiReader {
  readonly fields: readonly FieldPath[];
  read(ask: Ask, collector: Collector): Promise<void>;
}

/** Fields that one command without data tells. */
export function reader<Response>(
  fields: readonly FieldPath[],
  message: AmthiMessage<Record<never, never>, Response>,
  set: (status: Status, data: Response) => void,
): AmthiReader {
  return {
    fields,
    async read(ask, { status }) {
      const data = await ask(fields, message, {});
      if (data !== undefined) set(status, data);
    },
  };
}
