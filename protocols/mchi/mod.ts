export { MchiClient } from "./client.ts";
export { ReadFileExRequest, ReadFileExResponse } from "./message.ts";
