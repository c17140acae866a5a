// For `flowFields` of a replay, from what a user typed. By itself: the command line reads its arguments before it loads what replays.

export { parseFlowFormat } from '../records/vpc-flow-layout.ts';
