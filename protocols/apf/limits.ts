/** Bytes in the name of a service. Source: Intel LMS gives up above it. */
export const SERVICE_LIMIT = 18;

/** Bytes in an address, which can be AMT's host name. Source: Intel LMS, AMTHI's FQDN. */
export const ADDRESS_LIMIT = 256;

/** Bytes in any other string. Source: MPS drops the connection above it. */
export const TEXT_LIMIT = 2048;

/** Bytes of CHANNEL_DATA in front of its payload. */
export const DATA_HEAD = 9;
