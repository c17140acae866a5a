// Clauses of standards that a finding may name: only those whose wording was compared with public copies of the standard.
// docs/compliance.md is rendered from this table, and says which copies.
// A clause says what a finding bears on; it is no statement that somebody complies, or does not.

import type { Compliance } from './finding.ts';

export interface Clause {
  /** As findings write it. */
  readonly id: string;
  readonly title: string;
  /** Where the clause itself stands: what was compared are copies of it. */
  readonly source: string;
}

const cwe = (number: number, title: string): Clause => ({
  id: `CWE-${number}`,
  title,
  source: `https://cwe.mitre.org/data/definitions/${number}.html`,
});

const nist = (id: string, title: string, source: string): Clause => ({ id, title, source });

const OWASP_API = 'https://owasp.org/API-Security/editions/2023/en/0x11-t10/';
const GDPR = 'https://eur-lex.europa.eu/eli/reg/2016/679/oj';

/** Lists of standards under the names that findings use. */
export const KNOWN_CLAUSES: Readonly<Record<keyof Compliance, readonly Clause[]>> = {
  cwe: [
    cwe(223, 'Omission of Security-relevant Information'),
    cwe(250, 'Execution with Unnecessary Privileges'),
    cwe(256, 'Plaintext Storage of a Password'),
    cwe(261, 'Weak Encoding for Password'),
    cwe(284, 'Improper Access Control'),
    cwe(285, 'Improper Authorization'),
    cwe(287, 'Improper Authentication'),
    cwe(294, 'Authentication Bypass by Capture-replay'),
    cwe(295, 'Improper Certificate Validation'),
    cwe(311, 'Missing Encryption of Sensitive Data'),
    cwe(312, 'Cleartext Storage of Sensitive Information'),
    cwe(319, 'Cleartext Transmission of Sensitive Information'),
    cwe(321, 'Use of Hard-coded Cryptographic Key'),
    cwe(326, 'Inadequate Encryption Strength'),
    cwe(327, 'Use of a Broken or Risky Cryptographic Algorithm'),
    cwe(328, 'Use of Weak Hash'),
    cwe(347, 'Improper Verification of Cryptographic Signature'),
    cwe(522, 'Insufficiently Protected Credentials'),
    cwe(523, 'Unprotected Transport of Credentials'),
    cwe(532, 'Insertion of Sensitive Information into Log File'),
    cwe(598, 'Use of HTTP Request With Sensitive Query String'),
    cwe(599, 'Missing Validation of OpenSSL Certificate'),
    cwe(613, 'Insufficient Session Expiration'),
    cwe(693, 'Protection Mechanism Failure'),
    cwe(757, "Selection of Less-Secure Algorithm During Negotiation ('Algorithm Downgrade')"),
    cwe(778, 'Insufficient Logging'),
    cwe(798, 'Use of Hard-coded Credentials'),
    cwe(916, 'Use of Password Hash With Insufficient Computational Effort'),
  ],
  owasp: [
    { id: 'API2:2023', title: 'Broken Authentication', source: OWASP_API },
    { id: 'API5:2023', title: 'Broken Function Level Authorization', source: OWASP_API },
    { id: 'API8:2023', title: 'Security Misconfiguration', source: OWASP_API },
  ],
  pci: [
    {
      id: '4.2.1',
      title:
        'PCI DSS 4.0.1: strong cryptography safeguards account numbers during transmission over open, public networks',
      source: 'https://www.pcisecuritystandards.org/document_library/',
    },
  ],
  nist: [
    nist(
      'SC-8',
      'SP 800-53 Rev. 5: Transmission Confidentiality and Integrity',
      'https://csf.tools/reference/nist-sp-800-53/r5/sc/sc-8/',
    ),
    nist(
      'SC-8(1)',
      'SP 800-53 Rev. 5: Transmission Confidentiality and Integrity | Cryptographic Protection',
      'https://csf.tools/reference/nist-sp-800-53/r5/sc/sc-8/sc-8-1/',
    ),
    nist(
      'SC-23',
      'SP 800-53 Rev. 5: Session Authenticity',
      'https://csf.tools/reference/nist-sp-800-53/r5/sc/sc-23/',
    ),
    nist(
      'IA-2(8)',
      'SP 800-53 Rev. 5: Identification and Authentication | Access to Accounts, Replay Resistant',
      'https://csf.tools/reference/nist-sp-800-53/r5/ia/ia-2/ia-2-8/',
    ),
  ],
  gdpr: [
    {
      id: '5(2)',
      title: 'Accountability: the controller must be able to demonstrate compliance',
      source: GDPR,
    },
    {
      id: '32(1)(a)',
      title: 'Security of processing: pseudonymisation and encryption of personal data',
      source: GDPR,
    },
    {
      id: '32(1)(b)',
      title: 'Security of processing: ongoing confidentiality, integrity, availability and resilience',
      source: GDPR,
    },
  ],
};
