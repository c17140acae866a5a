// Percent-encoding, as URLs and forms write it.

/** Twice encoded stays once encoded: a URL inside a URL is then an ordinary one. */
export function decodePercent(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
