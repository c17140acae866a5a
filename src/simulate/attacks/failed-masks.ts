// SEC-24: masks that miss a copy of the secret, or most of it.

import { chosenPassword } from '../secret-examples/passwords.ts';
import { ANY, PYTHON, type SecretVariant } from './secret-variant.ts';

export const FAILED_MASKS: readonly SecretVariant[] = [
  {
    rule: 'SEC-24',
    name: 'half-masked-password',
    severity: 'LOW',
    kinds: ANY,
    description: 'three characters of a password are masked, the others are not',
    messages({ random }) {
      const password = chosenPassword(random);
      return [`INFO login user=jane password=${password.slice(0, 4)}***${password.slice(6)} result=denied`];
    },
  },
  {
    rule: 'SEC-24',
    name: 'masked-beside-clear',
    severity: 'LOW',
    kinds: PYTHON,
    description: 'the form is masked in the fields, and not in the body behind them',
    messages: ({ random }) => [
      `DEBUG form fields user=jane password=******** body: user=jane&password=${chosenPassword(random)}&next=home`,
    ],
    alsoExpected: ['SEC-11'],
  },
];
