// Exact bounds of a Poisson rate, for few or no events: what "0 false findings in 3 million events" proves and what it does not.

export interface RateBounds {
  readonly lower: number;
  readonly upper: number;
}

/**
 * Central interval of the mean of a Poisson count: chi-square quantiles with 2k and 2k + 2 degrees of freedom, halved
 * (F. Garwood, Fiducial limits for the Poisson distribution, Biometrika 28, 1936, https://doi.org/10.1093/biomet/28.3-4.437).
 * For a count of 0 the lower bound is 0. `confidence` is for both sides together.
 */
export function poissonBounds(count: number, confidence = 0.95): RateBounds {
  const tail = (1 - confidence) / 2;
  return {
    lower: count === 0 ? 0 : chiSquareQuantile(tail, 2 * count) / 2,
    upper: chiSquareQuantile(1 - tail, 2 * count + 2) / 2,
  };
}

/** The value below which a chi-square variable with `degrees` degrees of freedom lies with `probability` (0 to 1, exclusive). */
export function chiSquareQuantile(probability: number, degrees: number): number {
  const shape = degrees / 2;
  let low = 0;
  let high = degrees;
  while (lowerGammaShare(shape, high / 2) < probability) {
    low = high;
    high *= 2;
  }
  for (let halvings = 0; halvings < 100 && high - low > 1e-12 * high; halvings++) {
    const middle = (low + high) / 2;
    if (lowerGammaShare(shape, middle / 2) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Regularised lower incomplete gamma function P(a, x). https://dlmf.nist.gov/8.7.E1 and https://dlmf.nist.gov/8.9.E2 */
export function lowerGammaShare(a: number, x: number): number {
  if (x <= 0) return 0;
  const factor = Math.exp(a * Math.log(x) - x - logGamma(a));
  return x < a + 1 ? factor * seriesOf(a, x) : 1 - factor * fractionOf(a, x);
}

/** Terms of either expansion: both converge within the square root of `a` or so. */
const MOST_TERMS = 10_000;
const PRECISION = 1e-15;

function seriesOf(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < MOST_TERMS && term > sum * PRECISION; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

/** Continued fraction by Lentz's method in the form of Thompson and Barnett. https://dlmf.nist.gov/3.10.iii */
function fractionOf(a: number, x: number): number {
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let result = d;
  for (let n = 1; n < MOST_TERMS; n++) {
    const numerator = -n * (n - a);
    b += 2;
    d = numerator * d + b;
    if (Math.abs(d) < tiny) d = tiny;
    c = b + numerator / c;
    if (Math.abs(c) < tiny) c = tiny;
    d = 1 / d;
    const step = d * c;
    result *= step;
    if (Math.abs(step - 1) < PRECISION) break;
  }
  return result;
}

/** Stirling's series after shifting the argument above 10, where seven terms reach double precision. https://dlmf.nist.gov/5.11.E1 */
function logGamma(z: number): number {
  let shift = 0;
  let x = z;
  while (x < 10) {
    shift += Math.log(x);
    x += 1;
  }
  const inverse = 1 / x;
  const square = inverse * inverse;
  const series =
    inverse *
    (1 / 12 -
      square *
        (1 / 360 -
          square * (1 / 1260 - square * (1 / 1680 - square * (1 / 1188 - (square * 691) / 360_360)))));
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series - shift;
}
