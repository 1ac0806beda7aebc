import { type Guid, guid } from "../../core/guid.ts";

/** A client of the firmware that public sources name. */
export interface KnownClient {
  readonly guid: Guid;
  readonly name: string;
  readonly purpose: string;
  /** Offered only by firmware that has AMT, and only while AMT is enabled. */
  readonly needsAmt?: true;
}

export const AMTHI = guid("12f80028-b4b7-4b2d-aca8-46e0ff65814c");
export const LME = guid("6733a4db-0476-4e7b-b3af-bcfc29bee7a7");
export const WATCHDOG = guid("05b79a6f-4628-4d7f-899d-a91514cb32ab");
export const MKHI = guid("8e6a6715-9abc-4043-88ef-9e39c6f63e0f");
export const MKHI_FIXED = guid("55213584-9a29-4916-badf-0fb7ed682aeb");
export const MCHI = guid("dd17041c-09ea-4b17-a271-5b989867ec65");
export const UPID = guid("92136c79-5fea-4cfd-980e-23be07fa5e9f");
export const HOTHAM = guid("082ee5a7-7c25-470a-9643-0c06f0466ea1");

/**
 * Names and purposes from the Linux kernel, Intel LMS, fwupd, metee, rpc-go and u-root. Where two of them call one
 * GUID differently, the name here is the one with more sources.
 */
export const knownClients: readonly KnownClient[] = [
  { guid: AMTHI, name: "AMTHI", purpose: "AMT host interface (PTHI): status and local configuration", needsAmt: true },
  { guid: LME, name: "LME", purpose: "APF tunnel between a local management service and AMT", needsAmt: true },
  { guid: WATCHDOG, name: "WD", purpose: "OS-health watchdog and AMT enable/disable", needsAmt: true },
  { guid: MKHI, name: "MKHI", purpose: "kernel host interface: versions, capabilities" },
  { guid: MKHI_FIXED, name: "MKHI-FIX", purpose: "kernel host interface at a fixed address" },
  { guid: MCHI, name: "MCHI", purpose: "manufacturing and configuration files" },
  {
    guid: guid("6861ec7b-d07a-4673-856c-7f22b4d55769"),
    name: "MCHI-OLD",
    purpose: "manufacturing and configuration, older name",
  },
  { guid: guid("fe2af7a6-ef22-4b45-872f-176b0bbc8b43"), name: "MCHI2", purpose: "anti-rollback version commands" },
  { guid: UPID, name: "UPID", purpose: "unique platform id" },
  { guid: guid("ed6703fa-d312-4e8b-9ddd-2155bb2dee65"), name: "PSR", purpose: "platform service record" },
  { guid: HOTHAM, name: "HOTHAM", purpose: "flash log and debugging" },
  { guid: guid("309dcde8-ccb1-4062-8f78-600115a34327"), name: "FWU", purpose: "firmware update" },
  { guid: guid("42b3ce2f-bd9f-485a-96ae-26406230b1ff"), name: "ICC", purpose: "integrated clock control" },
  {
    guid: guid("bf3cb4da-4045-4f9b-838d-8cbcfb21a107"),
    name: "ICC2",
    purpose: "integrated clock control, other generation",
  },
  { guid: guid("3c4852d6-d47b-4f46-b05e-b5edc1aa440e"), name: "DAL", purpose: "dynamic application loader" },
  { guid: guid("b638ab7e-94e2-4ea2-a552-d1c54b627f04"), name: "HDCP", purpose: "content protection of displays" },
  { guid: guid("fbf6fcf1-96cf-4e2e-a6a6-1bab8cbe36b1"), name: "PAVP", purpose: "protected audio and video path" },
  { guid: guid("0bb17a78-2a8e-4c50-94d4-50266723775c"), name: "NFC", purpose: "NFC controller" },
  { guid: guid("d2de1625-382d-417d-48a4-efabba8a1206"), name: "NFC-INFO", purpose: "which NFC chip there is" },
  {
    guid: guid("e2c2afa2-3817-4d19-9d95-06b16b588a5d"),
    name: "MKHI-GSC",
    purpose: "kernel host interface of a discrete GPU",
  },
  { guid: guid("46e0c1fb-a546-414f-9170-b7f46d57b4ad"), name: "MKHI-GSC-FIX", purpose: "the same at a fixed address" },
  { guid: guid("87d90ca5-3495-4559-8105-3fbfa37b8b79"), name: "FWU-GSC", purpose: "firmware update of a discrete GPU" },
  {
    guid: guid("0f73db04-97ab-4125-b893-e904ad0d5464"),
    name: "GSC-PROXY",
    purpose: "relay between the ME and a discrete GPU",
  },
];

const byGuid = new Map(knownClients.map((client) => [client.guid, client]));

export function knownClient(id: Guid): KnownClient | undefined {
  return byGuid.get(id);
}
