// Hosts at which nothing of value listens: this machine, and names of documentation.

/** This machine, container host names of the kind that emulators get, and names that cannot be reached from outside. */
export function isLocalHost(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|0\.0\.0\.0|\[?::1\]?|host\.docker\.internal|.*\.localhost|.*\.localhost\.localstack\.cloud)(?:[:,]|$)/i.test(
    host,
  );
}

/** https://www.rfc-editor.org/rfc/rfc2606 and the words that documentation writes for a host. */
export function isDocumentationHost(host: string): boolean {
  return /^(?:.*\.)?example(?:\.(?:com|net|org))?$|^(?:.*\.)?(?:test|invalid)$|^(?:host(?:name)?|server|your-?\w*|my-?host|db-?host|server-?name)$/i.test(
    host.replace(/[:,].*$/s, ''),
  );
}
