// Two roles called from one address without TLS in these minutes: either may be it, or both.
export { flows, records } from '../../TLS-06/fires.two-on-one-instance/input.ts';
