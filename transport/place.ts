/** `amt.example:16993` or `[2001:db8::7]:16993`, as messages and the file of known hosts name it. */
export function placeOf({ host, port }: { readonly host: string; readonly port: number }): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
