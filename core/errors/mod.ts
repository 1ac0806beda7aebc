export { catalog, type ErrorCode, type ExitCode, exitCodes } from "./catalog.ts";
export { AmtError, type AmtErrorOptions, errorData, type ErrorDetails } from "./amt_error.ts";
export { abortError } from "./abort.ts";
