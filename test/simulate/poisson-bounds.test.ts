import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chiSquareQuantile, lowerGammaShare, poissonBounds } from '../../src/simulate/poisson-bounds.ts';

// Percentage points of the chi-square distribution: NIST/SEMATECH e-Handbook of Statistical Methods, table 1.3.6.7.4
// (https://www.itl.nist.gov/div898/handbook/eda/section3/eda3674.htm), three decimals.
const TABLE = [
  [1, 0.95, 3.841],
  [1, 0.975, 5.024],
  [2, 0.025, 0.051],
  [2, 0.975, 7.378],
  [4, 0.05, 0.711],
  [10, 0.025, 3.247],
  [10, 0.99, 23.209],
  [20, 0.975, 34.17],
  [50, 0.05, 34.764],
  [100, 0.025, 74.222],
  [100, 0.975, 129.561],
] as const;

describe('chi-square quantiles', () => {
  test.each(TABLE)('%i degrees of freedom, %f: %f', (degrees, probability, value) => {
    expect(chiSquareQuantile(probability, degrees)).toBeCloseTo(value, 3 - 0.4);
  });

  test('two degrees of freedom are an exponential: the quantile has a closed form', () => {
    for (const probability of [0.001, 0.025, 0.5, 0.975, 0.9999]) {
      expect(chiSquareQuantile(probability, 2)).toBeCloseTo(-2 * Math.log(1 - probability), 9);
    }
  });

  test('quantile and distribution undo each other', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        (degrees, probability) => {
          const quantile = chiSquareQuantile(probability, degrees);
          expect(lowerGammaShare(degrees / 2, quantile / 2)).toBeCloseTo(probability, 9);
        },
      ),
    );
  });
});

describe('Garwood bounds of a Poisson count, 95 %', () => {
  // Garwood 1936, table 1 (reprinted in many handbooks), two to three decimals.
  test.each([
    [0, 0, 3.689],
    [1, 0.0253, 5.572],
    [2, 0.2422, 7.225],
    [5, 1.623, 11.668],
    [10, 4.795, 18.39],
    [50, 37.11, 65.92],
  ])('count %i lies between %f and %f', (count, lower, upper) => {
    const bounds = poissonBounds(count);
    expect(bounds.lower).toBeCloseTo(lower, 2);
    expect(bounds.upper).toBeCloseTo(upper, 1.6);
  });

  test('a smaller confidence gives a tighter interval around the count', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), (count) => {
        const wide = poissonBounds(count, 0.99);
        const tight = poissonBounds(count, 0.8);
        expect(wide.lower).toBeLessThanOrEqual(tight.lower);
        expect(wide.upper).toBeGreaterThan(tight.upper);
        expect(tight.lower).toBeLessThanOrEqual(count);
        expect(tight.upper).toBeGreaterThan(count);
      }),
    );
  });
});
