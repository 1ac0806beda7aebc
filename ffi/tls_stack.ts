/** Who speaks TLS in `node:tls`: rustls in Deno, BoringSSL in Bun, OpenSSL in Node. They differ in what is too old. */
export type TlsStack = "rustls" | "boringssl" | "openssl";

/** The one of this runtime. */
export function tlsStack(): TlsStack {
  if ("Deno" in globalThis) return "rustls";
  return "Bun" in globalThis ? "boringssl" : "openssl";
}
