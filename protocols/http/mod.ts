export { HttpClient, type HttpClientOptions, type HttpReply, type HttpRequest } from "./client.ts";
export type { Credentials } from "./authorizer.ts";
