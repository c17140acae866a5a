export { SIMULATE_DEFAULTS, type SimulateOptions, type SimulateResult, simulate } from './simulate.ts';
export type { ArchiveCounts, Attack, Benign, Kind, RuleId, Truth } from './truth.ts';
