import { describe, expect, it } from 'vitest';
import { renderDetection, renderDetectionList } from '../../src/cli/detection-text.ts';
import { nearestIds } from '../../src/cli/detections.ts';
import { detectors } from '../../src/detectors/index.ts';
import { createPaint, displayWidth } from '../../src/reports/terminal-text.ts';

const plain = createPaint(false);
const metas = detectors.map((detector) => detector.meta);

describe('the catalogue', () => {
  it('has a line for each rule: id, name, severities, title', () => {
    const lines = renderDetectionList(metas, plain, 110).split('\n');
    for (const [at, meta] of metas.entries()) {
      expect(lines[at]).toMatch(
        new RegExp(`^${meta.id} +${meta.name} +${meta.severities[0]!.toLowerCase()}`),
      );
      expect(lines[at]).toContain(meta.title.slice(0, 20));
    }
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(110);
  });

  it('fits a narrow terminal too', () => {
    for (const line of renderDetectionList(metas, plain, 60).split('\n').slice(0, -3)) {
      expect(displayWidth(line)).toBeLessThanOrEqual(60);
    }
  });

  it.each(metas.map((meta) => [meta.id, meta] as const))(
    'of %s says everything it says of itself',
    (_, meta) => {
      const text = renderDetection(meta, plain, 100).replaceAll(/\s+/g, ' ');
      const said = [
        ...[meta.id, meta.name, meta.title, meta.what, meta.why, meta.identity.entity, ...meta.severities],
        ...[...meta.blindSpots, ...meta.falsePositives, ...meta.investigate, ...meta.compliance.cwe],
        ...meta.thresholds.map(({ value }) => String(value)),
      ];
      for (const part of said) expect(text).toContain(part.replaceAll(/\s+/g, ' '));
    },
  );
});

describe('an id that does not exist', () => {
  const ids = ['TLS-01', 'TLS-06', 'TLS-10', 'REP-01', 'SEC-05'];
  it.each([
    ['TLS-6', ['TLS-06', 'TLS-01', 'TLS-10']],
    ['tls-06', ['TLS-06', 'TLS-01', 'TLS-10']],
    ['SCE-05', ['SEC-05']],
    ['REP-99', ['REP-01']],
    ['nonsense', []],
    ['x'.repeat(100_000), []],
  ])('%#: is near to what may be meant', (id, near) => {
    expect(nearestIds(id, ids)).toEqual(near);
  });
});
