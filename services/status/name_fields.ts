import { GetDnsSuffixList, GetFqdn, GetPkiFqdnSuffix } from "../../protocols/amthi/mod.ts";
import { type AmthiReader, reader } from "./amthi_reader.ts";

/** By what names AMT goes, and which networks it trusts by theirs. */
export const nameReaders: readonly AmthiReader[] = [
  reader(["fqdn", "fqdnShared", "dynamicDns"], GetFqdn, (status, { fqdn, shared, dynamicDns }) => {
    status.fqdn = fqdn;
    status.fqdnShared = shared;
    status.dynamicDns = dynamicDns;
  }),
  reader(["dnsSuffix.amt"], GetPkiFqdnSuffix, (status, { suffix }) => {
    status.dnsSuffix.amt = suffix;
  }),
  reader(["trustedDnsSuffixes"], GetDnsSuffixList, (status, { suffixes }) => {
    status.trustedDnsSuffixes = suffixes;
  }),
];
