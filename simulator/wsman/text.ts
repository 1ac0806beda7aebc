/** Base64 of bytes. */
export function bytesToBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** The bytes of a base64 text; `undefined` when it is none. */
export function base64ToBytes(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text.trim()), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** What AMT takes as a password: 8 to 32 characters, of each kind one at least. */
export function isStrongPassword(password: string): boolean {
  return /^[\x21-\x7e]{8,32}$/.test(password) && /[a-z]/.test(password) && /[A-Z]/.test(password) &&
    /\d/.test(password) && /[^\w]/.test(password) && !/[",:]/.test(password);
}
