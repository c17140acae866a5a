// A text cut out of another one keeps all of that one in memory, in engines that do not copy it. What is kept for longer is copied.

export function ownText(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
