// An instance speaks plain HTTP through a gateway endpoint. Its role's calls of these minutes have a host and no TLS; another role calls
// from the same address over TLS.
export { flows, records } from '../../TLS-06/fires.named-through-an-endpoint/input.ts';
