// Writes docs/detections/ from what the detectors say of themselves, docs/compliance.md from the table of clauses, docs/secret-kinds.md from
// the table of kinds, and the picture of the engine for secrets.
// `npm run docs` writes; test/docs.test.ts fails when a page is stale.

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeIdentity, describeThreshold } from '../src/cli/detection-text.ts';
import type { DetectorMeta } from '../src/detectors/detector.ts';
import { detectors } from '../src/detectors/index.ts';
import { KINDS } from '../src/detectors/secrets/kinds/index.ts';
import type { SecretKind } from '../src/detectors/secrets/secret-kind.ts';
import { type Clause, KNOWN_CLAUSES } from '../src/findings/compliance.ts';
import { type Compliance, FAMILIES, type Family } from '../src/findings/finding.ts';
import { drawSecretsPicture, SECRETS_PICTURE } from './secrets-picture.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
export const PAGES_FOLDER = 'docs/detections';

const FAMILY_TITLES: Readonly<Record<Family, string>> = {
  TLS: 'Unencrypted and weakly encrypted DynamoDB traffic',
  POL: 'Control-plane changes that open the door',
  REP: 'Replayed signatures and reused credentials',
  ANO: 'Principals that do not behave like themselves',
  SEC: 'Secrets in plain text in logs',
};

interface Standard {
  readonly title: string;
  /** What the wording was compared with. */
  readonly compared: string;
}

const STANDARDS: Readonly<Record<keyof Compliance, Standard>> = {
  cwe: {
    title: 'Common Weakness Enumeration',
    compared:
      'Names as in several public lists of the names of CWE 4.x; CWE-598 as it is called since its renaming.',
  },
  owasp: {
    title: 'OWASP API Security Top 10, 2023',
    compared: 'Names as in several public copies of the list.',
  },
  pci: {
    title: 'PCI DSS 4.0.1',
    compared:
      'Shortened from public copies of the requirement; the standard itself is given out by the council only.',
  },
  nist: {
    title: 'NIST SP 800-53 Rev. 5',
    compared: 'Names as in several public copies of the catalogue of controls.',
  },
  gdpr: {
    title: 'GDPR (Regulation (EU) 2016/679)',
    compared: 'Shortened from public copies of the articles.',
  },
};

/** Path below the project's folder, and text. */
export function renderPages(): Map<string, string> {
  const metas = detectors.map((detector) => detector.meta);
  const pages = new Map<string, string>();
  for (const meta of metas) pages.set(`${PAGES_FOLDER}/${meta.id}.md`, renderPage(meta));
  pages.set(`${PAGES_FOLDER}/README.md`, renderIndex(metas));
  pages.set('docs/compliance.md', renderClauses(metas));
  pages.set('docs/secret-kinds.md', renderKinds(KINDS));
  pages.set(SECRETS_PICTURE, drawSecretsPicture());
  return pages;
}

const GENERATED = '<!-- Written by `npm run docs`; a test fails when it is stale. -->';

function renderIndex(metas: readonly DetectorMeta[]): string {
  const lines = ['# Detections', GENERATED, '', '`wiretrail detections` prints the same on a terminal.'];
  for (const family of FAMILIES) {
    const members = metas.filter((meta) => meta.family === family);
    if (members.length === 0) continue;
    lines.push(
      '',
      `## ${family}: ${FAMILY_TITLES[family]}`,
      '',
      '| rule | what | severities |',
      '|---|---|---|',
    );
    for (const meta of members) {
      lines.push(
        `| [${meta.id}](${meta.id}.md) \`${meta.name}\` | ${cell(meta.title)} | ${meta.severities.join(', ')} |`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

function renderPage(meta: DetectorMeta): string {
  const lines = [
    `# ${meta.id}: ${meta.title}`,
    GENERATED,
    '',
    `\`${meta.name}\` · version ${meta.version} · ${meta.severities.join(', ')}`,
    '',
    '## What it looks for',
    '',
    meta.what,
    '',
    '## Why it matters',
    '',
    meta.why,
  ];
  const section = (title: string, items: readonly string[]) => {
    if (items.length > 0) lines.push('', `## ${title}`, '', ...items.map((item) => `- ${item}`));
  };
  section('What it cannot see', meta.blindSpots);
  section('False positives', meta.falsePositives);
  section('How to investigate', meta.investigate);
  section('Thresholds', meta.thresholds.map(describeThreshold));
  section('What makes one finding', describeIdentity(meta));
  section(
    'Clauses',
    clausesOf(meta).map(({ id, title, source }) => `${id}: ${title} (${source})`),
  );
  return `${lines.join('\n')}\n`;
}

function clausesOf(meta: DetectorMeta): Clause[] {
  return Object.entries(KNOWN_CLAUSES).flatMap(([standard, clauses]) =>
    clauses.filter(({ id }) => meta.compliance[standard as keyof Compliance]?.includes(id)),
  );
}

function renderClauses(metas: readonly DetectorMeta[]): string {
  const lines = [
    '# Clauses that findings name',
    GENERATED,
    '',
    'A finding names a clause where its subject bears on it. That is no statement that somebody complies, or does not. Only clauses whose',
    'wording was compared with public copies are here; the addresses lead to the standard, or to a rendering of it. A detector that names',
    'another clause fails a test.',
  ];
  for (const [standard, clauses] of Object.entries(KNOWN_CLAUSES) as [
    keyof Compliance,
    readonly Clause[],
  ][]) {
    lines.push(
      '',
      `## ${STANDARDS[standard].title}`,
      '',
      STANDARDS[standard].compared,
      '',
      '| clause | wording | where it stands | rules |',
      '|---|---|---|---|',
    );
    for (const { id, title, source } of clauses) {
      const rules = metas.filter((meta) => meta.compliance[standard]?.includes(id)).map((meta) => meta.id);
      if (rules.length > 0) lines.push(`| ${id} | ${cell(title)} | ${cell(source)} | ${rules.join(', ')} |`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function renderKinds(kinds: readonly SecretKind[]): string {
  const lines = [
    '# Kinds of secrets',
    GENERATED,
    '',
    `${kinds.length} kinds, made from the table in \`src/detectors/secrets/kinds/\`, which also holds each one's pattern and checks. A pattern is shown only text`,
    'around one of the words of its kind; a word with an equals sign counts only where it is given a value. *Verified* findings rest on a',
    'checksum, a decoding or a structure that leave no doubt.',
  ];
  for (const [rule, members] of [...Map.groupBy(kinds, (kind) => kind.rule)].sort(([a], [b]) =>
    a < b ? -1 : 1,
  )) {
    lines.push(
      '',
      `## ${rule}`,
      '',
      '| kind | what | severity | stands at | format |',
      '|---|---|---|---|---|',
    );
    for (const kind of members) {
      const words = kind.literals.map(
        ({ text, assigned }) => `\`${cell(text.replace('\n', '\\n'))}${assigned ? ' =' : ''}\``,
      );
      const shown = words.length > MAX_WORDS ? [...words.slice(0, MAX_WORDS), '…'] : words;
      lines.push(
        `| \`${kind.name}\` | ${cell(kind.title)} | ${kind.severity} | ${shown.join(' ')} | <${kind.source}> |`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

/** Words of a kind that its row shows. */
const MAX_WORDS = 8;

/** A bar would end the cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function writePages(): void {
  const pages = renderPages();
  mkdirSync(join(ROOT, PAGES_FOLDER), { recursive: true });
  for (const name of readdirSync(join(ROOT, PAGES_FOLDER))) {
    if (!pages.has(`${PAGES_FOLDER}/${name}`)) rmSync(join(ROOT, PAGES_FOLDER, name));
  }
  for (const [path, text] of pages) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), text);
  }
  process.stdout.write(`${pages.size} pages written\n`);
}

if (import.meta.main) writePages();
