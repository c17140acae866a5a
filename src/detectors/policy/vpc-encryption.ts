// What a call says about the encryption control of a VPC or of an account.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcEncryptionControl.html and API_ModifyAccountVpcEncryptionControl.html

import type { CallRecord } from '../../records/record.ts';
import { objectField, type Parameters, textField } from './parameters.ts';

/** How much a mode protects; the account's modes are wishes for all of its VPCs. */
const MODES: Readonly<Record<string, number>> = {
  unmanaged: 0,
  monitor: 1,
  'attempt-monitor': 1,
  enforce: 2,
  'attempt-enforce': 2,
};
export const UNKNOWN_MODE = -1;
export const ENFORCED = 2;

/** There are eight kinds of resources that can be left out, and there may be more. */
const MAX_EXCLUSIONS = 16;
/** `NatGatewayExclusion` of a VPC, `NatGateway` of an account. */
const EXCLUSION = /^([A-Za-z0-9]{1,40}?)(?:Exclusion)?$/;

export interface EncryptionControl {
  readonly of: 'vpc' | 'account';
  /** Of the control; '' for the account's. */
  readonly id: string;
  readonly vpcId: string;
  readonly deleted: boolean;
  /** The mode that the call asks for, as the call writes it; ''. */
  readonly asked: string;
  /** What holds after it, as far as the call or its answer says; UNKNOWN_MODE. */
  readonly mode: number;
  /** Kinds of resources whose traffic the call leaves out from now on: sorted. */
  readonly excluded: readonly string[];
}

export function encryptionControlOf(call: CallRecord, action: string): EncryptionControl {
  const asked = objectField(call.requestParameters, `${action}Request`) ?? call.requestParameters;
  const answer = objectField(call.responseElements, `${action}Response`) ?? call.responseElements;
  const control = objectField(answer, 'vpcEncryptionControl');
  const mode = textField(asked, 'mode').toLowerCase();
  return {
    of: action === 'ModifyAccountVpcEncryptionControl' ? 'account' : 'vpc',
    id: textField(asked, 'vpcEncryptionControlId') || textField(control, 'vpcEncryptionControlId'),
    vpcId: textField(asked, 'vpcId') || textField(control, 'vpcId'),
    deleted: action === 'DeleteVpcEncryptionControl',
    asked: Object.hasOwn(MODES, mode) ? mode : '',
    mode: modeOf(mode) ?? modeOf(textField(control, 'mode').toLowerCase()) ?? UNKNOWN_MODE,
    excluded: exclusionsOf(asked),
  };
}

function modeOf(mode: string): number | null {
  return Object.hasOwn(MODES, mode) ? MODES[mode]! : null;
}

function exclusionsOf(asked: Parameters | null): string[] {
  const found: string[] = [];
  for (const name of Object.keys(asked ?? {}).slice(0, 64)) {
    const kind = EXCLUSION.exec(name)?.[1];
    if (kind !== undefined && textField(asked, name).toLowerCase() === 'enable') found.push(kind);
  }
  return [...new Set(found.map((kind) => kind.charAt(0).toLowerCase() + kind.slice(1)))]
    .sort()
    .slice(0, MAX_EXCLUSIONS);
}
