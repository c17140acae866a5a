// A detector's meta on a terminal: a line in the list, or a page.

import type { DetectorMeta, Threshold } from '../detectors/detector.ts';
import { SEVERITIES } from '../findings/finding.ts';
import {
  clip,
  displayWidth,
  type Paint,
  padTo,
  plural,
  SEVERITY_STYLES,
  wrap,
} from '../reports/terminal-text.ts';

const ID_WIDTH = 7;

/** Ends with a line end. */
export function renderDetectionList(metas: readonly DetectorMeta[], paint: Paint, width: number): string {
  const nameWidth = Math.max(0, ...metas.map((meta) => displayWidth(meta.name)));
  const severityWidth = Math.max(0, ...metas.map((meta) => displayWidth(severitiesOf(meta))));
  const room = width - ID_WIDTH - 1 - nameWidth - 2 - severityWidth - 2;
  const lines = metas.map((meta) => {
    const severities = padTo(severitiesOf(meta), severityWidth);
    const start = `${paint('bold', padTo(meta.id, ID_WIDTH))} ${padTo(meta.name, nameWidth)}  ${paint('dim', severities)}`;
    // On a narrow terminal the title has its own line.
    return room >= 30
      ? `${start}  ${clip(meta.title, room)}`
      : `${start}\n${' '.repeat(ID_WIDTH + 1)}${clip(meta.title, width - ID_WIDTH - 1)}`;
  });
  const foot = `${plural(metas.length, 'detector')}; \`wiretrail detections RULE\` tells what one looks for and what it cannot see.`;
  return `${[...lines, '', paint('dim', foot)].join('\n')}\n`;
}

/** `high`, `critical to info`: worst and mildest. */
function severitiesOf({ severities }: DetectorMeta): string {
  const worst = SEVERITIES.filter((severity) => severities.includes(severity));
  return [...new Set([worst[0], worst.at(-1)])].join(' to ').toLowerCase();
}

/** Ends with a line end. */
export function renderDetection(meta: DetectorMeta, paint: Paint, width: number): string {
  const severities = meta.severities.map((severity) => paint(SEVERITY_STYLES[severity], severity)).join(' ');
  const lines = [
    `${paint('bold', `${meta.id}  ${meta.title}`)}`,
    `${meta.name} · version ${meta.version} · ${severities}`,
  ];
  const section = (title: string, texts: readonly string[]) => {
    if (texts.length > 0) lines.push('', paint('bold', title), ...texts);
  };
  const paragraph = (text: string) => wrap(text, width - 2).map((line) => `  ${line}`);
  const list = (items: readonly string[]) =>
    items.flatMap((item) => wrap(item, width - 4).map((line, at) => `  ${at === 0 ? '•' : ' '} ${line}`));
  section('What it looks for', paragraph(meta.what));
  section('Why it matters', paragraph(meta.why));
  section('What it cannot see', list(meta.blindSpots));
  section('False positives', list(meta.falsePositives));
  section('How to investigate', list(meta.investigate));
  section('Thresholds', list(meta.thresholds.map(describeThreshold)));
  section('One finding', list(describeIdentity(meta)));
  section('Clauses', list([describeClauses(meta)].filter((text) => text !== '')));
  return `${lines.join('\n')}\n`;
}

export function describeThreshold({ name, value, unit, reason, source }: Threshold): string {
  return `${name}: ${value}${unit === '' ? '' : ` ${unit}`}. ${sentence(reason)} ${source}`;
}

/** What makes two findings one (docs/decisions/0002, contract 4). */
export function describeIdentity({ identity }: DetectorMeta): string[] {
  return [
    `per account and region, ${identity.entity}, ${identity.evidenceKey}`,
    `per window of ${describeWindow(identity.windowMs)} of event time`,
  ];
}

function describeWindow(windowMs: number): string {
  const minutes = windowMs / 60_000;
  if (minutes % 60 !== 0) return plural(minutes, 'minute');
  return plural(minutes / 60, 'hour');
}

function describeClauses({ compliance }: DetectorMeta): string {
  const named = (standard: string, ids: readonly string[] = []) => ids.map((id) => `${standard}${id}`);
  return [
    ...named('', compliance.cwe),
    ...named('OWASP ', compliance.owasp),
    ...named('PCI DSS ', compliance.pci),
    ...named('NIST 800-53 ', compliance.nist),
    ...named('GDPR ', compliance.gdpr),
  ].join(', ');
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}
