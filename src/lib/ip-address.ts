// IP addresses as text to numbers and back. Nothing here throws: what is no address is -1, null or ''.

/**
 * Dotted decimal to an unsigned 32-bit number; -1 when it is not. Strict: four numbers, no leading zero (`035.249.1.1` of
 * altered samples is no address, and octal readers would see another one), no white space.
 * https://www.rfc-editor.org/rfc/rfc6943#section-3.1.1 (why loose forms are not read)
 */
export function parseIpv4(text: string): number {
  const length = text.length;
  if (length < 7 || length > 15) return -1;
  let address = 0;
  let part = -1;
  let dots = 0;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57) {
      if (part === 0) return -1;
      part = part < 0 ? code - 48 : part * 10 + code - 48;
      if (part > 255) return -1;
    } else if (code === 46 && part >= 0 && dots < 3) {
      address = address * 256 + part;
      part = -1;
      dots++;
    } else {
      return -1;
    }
  }
  return dots === 3 && part >= 0 ? address * 256 + part : -1;
}

/** Eight 16-bit groups; null when the text is no IPv6 address. A zone (`fe80::1%eth0`) and brackets are not read. https://www.rfc-editor.org/rfc/rfc4291#section-2.2 */
export function parseIpv6(text: string): Uint16Array | null {
  const groups = new Uint16Array(8);
  return parseIpv6Into(text, groups) ? groups : null;
}

/** As parseIpv6, into eight groups that the caller keeps; false (`groups` then hold anything) when the text is no IPv6 address. */
export function parseIpv6Into(text: string, groups: Uint16Array): boolean {
  const length = text.length;
  // The longest form is `ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255`.
  if (length < 2 || length > 45) return false;
  let count = 0;
  let gapAt = -1;
  let at = 0;
  if (text.charCodeAt(0) === 58) {
    if (text.charCodeAt(1) !== 58) return false;
    gapAt = 0;
    at = 2;
  }
  while (at < length) {
    const start = at;
    let group = 0;
    let code = 0;
    for (; at < length; at++) {
      code = text.charCodeAt(at);
      const digit = hexDigit(code);
      if (digit < 0) break;
      if (at - start >= 4) return false;
      group = group * 16 + digit;
    }
    if (at < length && code === 46) {
      const tail = parseIpv4(text.slice(start));
      if (tail < 0 || count > 6) return false;
      groups[count++] = tail >>> 16;
      groups[count++] = tail & 0xffff;
      at = length;
      break;
    }
    if (at === start || count >= 8) return false;
    groups[count++] = group;
    if (at === length) break;
    if (code !== 58) return false;
    at++;
    if (at === length) return false;
    if (text.charCodeAt(at) === 58) {
      if (gapAt >= 0) return false;
      gapAt = count;
      at++;
    }
  }
  if (gapAt < 0) return count === 8;
  // `::` stands for at least one group.
  if (count > 7) return false;
  const moved = count - gapAt;
  groups.copyWithin(8 - moved, gapAt, count);
  groups.fill(0, gapAt, 8 - moved);
  return true;
}

/** `198.51.100.0/24` of `198.51.100.7`; '' when it is no IPv4 address. */
export function ipv4Prefix24(text: string): string {
  return parseIpv4(text) < 0 ? '' : `${text.slice(0, text.lastIndexOf('.'))}.0/24`;
}

/** `2001:db8:1::/48` of any spelling of `2001:db8:1:2::3`; '' when it is no IPv6 address. */
export function ipv6Prefix48(text: string): string {
  const groups = parseIpv6(text);
  if (groups === null) return '';
  groups.fill(0, 3);
  return `${formatIpv6(groups)}/48`;
}

/** RFC 1918, RFC 6598 (100.64.0.0/10), fc00::/7, and such an IPv4 address mapped into IPv6; false for what is no address. */
export function isPrivateAddress(text: string): boolean {
  const address = parseIpv4(text);
  if (address >= 0) return isPrivateIpv4(address);
  if (!text.includes(':')) return false;
  const groups = parseIpv6(text);
  if (groups === null) return false;
  if ((groups[0]! & 0xfe00) === 0xfc00) return true;
  const mapped = mappedIpv4(groups);
  return mapped >= 0 && isPrivateIpv4(mapped);
}

/** https://www.rfc-editor.org/rfc/rfc1918#section-3 and https://www.rfc-editor.org/rfc/rfc6598#section-7 */
function isPrivateIpv4(address: number): boolean {
  const top = address >>> 24;
  if (top === 10) return true;
  if (top === 172) return ((address >>> 20) & 0xf) === 1;
  if (top === 192) return ((address >>> 16) & 0xff) === 168;
  return top === 100 && ((address >>> 22) & 3) === 1;
}

/** The IPv4 address of `::ffff:a.b.c.d`; -1 for other IPv6 addresses. https://www.rfc-editor.org/rfc/rfc4291#section-2.5.5.2 */
export function mappedIpv4(groups: Uint16Array): number {
  for (let at = 0; at < 5; at++) if (groups[at] !== 0) return -1;
  return groups[5] === 0xffff ? groups[6]! * 65536 + groups[7]! : -1;
}

export function formatIpv4(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/** Lower case, the first longest run of zero groups as `::`: one spelling for one address. https://www.rfc-editor.org/rfc/rfc5952#section-4 */
export function formatIpv6(groups: Uint16Array): string {
  let bestAt = -1;
  let bestLength = 1;
  for (let at = 0; at < 8; ) {
    let end = at;
    while (end < 8 && groups[end] === 0) end++;
    if (end - at > bestLength) {
      bestAt = at;
      bestLength = end - at;
    }
    at = end + 1;
  }
  const hex = Array.from(groups, (group) => group.toString(16));
  if (bestAt < 0) return hex.join(':');
  return `${hex.slice(0, bestAt).join(':')}::${hex.slice(bestAt + bestLength).join(':')}`;
}

/** An inclusive range of addresses: numbers for IPv4, eight groups each for IPv6. */
export type Cidr =
  | { readonly family: 4; readonly first: number; readonly last: number }
  | { readonly family: 6; readonly first: Uint16Array; readonly last: Uint16Array };

/** `192.0.2.0/24` or `2001:db8::/32`; null when it is neither, or when bits behind the prefix are set. https://www.rfc-editor.org/rfc/rfc4632#section-3.1 */
export function parseCidr(text: string): Cidr | null {
  const slash = text.indexOf('/');
  if (slash < 0 || !/^(0|[1-9][0-9]{0,2})$/.test(text.slice(slash + 1))) return null;
  const bits = Number(text.slice(slash + 1));
  const address = text.slice(0, slash);
  const first = parseIpv4(address);
  if (first >= 0) {
    if (bits > 32) return null;
    const size = 2 ** (32 - bits);
    return first % size === 0 ? { family: 4, first, last: first + size - 1 } : null;
  }
  const groups = parseIpv6(address);
  if (groups === null || bits > 128) return null;
  const last = groups.slice();
  for (let at = 0; at < 8; at++) {
    const hostBits = Math.min(16, Math.max(0, (at + 1) * 16 - bits));
    const hostMask = 2 ** hostBits - 1;
    if ((groups[at]! & hostMask) !== 0) return null;
    last[at] = last[at]! | hostMask;
  }
  return { family: 6, first: groups, last };
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 97 && code <= 102) return code - 87;
  if (code >= 65 && code <= 70) return code - 55;
  return -1;
}
