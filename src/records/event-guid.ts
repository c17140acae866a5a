// A GUID as four unsigned 32-bit lanes, and back.

export function guidText(lanes: ArrayLike<number>, at: number): string {
  const hex = (lane: number): string => lanes[at + lane]!.toString(16).padStart(8, '0');
  const middle = hex(1) + hex(2);
  return `${hex(0)}-${middle.slice(0, 4)}-${middle.slice(4, 8)}-${middle.slice(8, 12)}-${middle.slice(12)}${hex(3)}`;
}
