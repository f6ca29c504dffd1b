// Log-densities of the families with a short formula: logDensity[family](x, p), p holding the parameters by name.
// The same formulas as in mlestat/distributions; tests/reports/test_browser.py compares each with Python's.
const HALF_LOG_2PI = 0.91893853320467274178;

// log Gamma(x), x > 0: Stirling's series from 15 on, where its next term is below 1e-19; smaller x are raised to it.
function lgamma(x) {
  let product = 1;
  while (x < 15) { product *= x; x += 1; }
  const r = 1 / (x * x);
  const series = (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r * (1 / 1188 - r * 691 / 360360))))) / x;
  return (x - 0.5) * Math.log(x) - x + HALF_LOG_2PI + series - Math.log(product);
}
const lbeta = (a, b) => lgamma(a) + lgamma(b) - lgamma(a + b);
const lchoose = (n, k) => -Math.log1p(n) - lbeta(n - k + 1, k + 1);
const softplus = (z) => (z > 0 ? z + Math.log1p(Math.exp(-z)) : Math.log1p(Math.exp(z)));
const xlogy = (x, y) => (x === 0 ? 0 : x * Math.log(y));
const NONE = -Infinity;
const gumbel = (z, scale) => -z - Math.exp(-z) - Math.log(scale);

const logDensity = {
  Normal: (x, p) => { const z = (x - p.mu) / p.sigma; return -0.5 * z * z - HALF_LOG_2PI - Math.log(p.sigma); },
  LogNormal: (x, p) => {
    if (!(x > 0)) return NONE;
    const z = (Math.log(x) - p.mu) / p.sigma;
    return -0.5 * z * z - HALF_LOG_2PI - Math.log(p.sigma) - Math.log(x);
  },
  HalfNormal: (x, p) => {
    const z = x / p.sigma;
    return x < 0 ? NONE : Math.LN2 - 0.5 * z * z - HALF_LOG_2PI - Math.log(p.sigma);
  },
  GeneralizedNormal: (x, p) => Math.log(p.power) - Math.log(2 * p.scale) - lgamma(1 / p.power)
    - Math.abs((x - p.mu) / p.scale) ** p.power,
  Exponential: (x, p) => (x < 0 ? NONE : -x / p.scale - Math.log(p.scale)),
  Gamma: (x, p) => (x > 0
    ? (p.shape - 1) * Math.log(x / p.scale) - x / p.scale - lgamma(p.shape) - Math.log(p.scale) : NONE),
  InverseGamma: (x, p) => (x > 0
    ? p.shape * Math.log(p.scale / x) - Math.log(x) - p.scale / x - lgamma(p.shape) : NONE),
  GeneralizedGamma: (x, p) => {
    if (!(x > 0)) return NONE;
    const l = Math.log(x / p.scale);
    return Math.log(p.power) - Math.log(x) + p.power * p.shape * l - Math.exp(p.power * l) - lgamma(p.shape);
  },
  ChiSquared: (x, p) => (x > 0
    ? (p.df / 2 - 1) * Math.log(x) - x / 2 - (p.df / 2) * Math.LN2 - lgamma(p.df / 2) : NONE),
  Weibull: (x, p) => {
    if (!(x > 0)) return NONE;
    const l = Math.log(x / p.scale);
    return Math.log(p.shape) - Math.log(x) + p.shape * l - Math.exp(p.shape * l);
  },
  Rayleigh: (x, p) => (x > 0 ? Math.log(x) - 2 * Math.log(p.scale) - 0.5 * (x / p.scale) ** 2 : NONE),
  Maxwell: (x, p) => (x > 0
    ? Math.LN2 - HALF_LOG_2PI + 2 * Math.log(x) - 3 * Math.log(p.scale) - 0.5 * (x / p.scale) ** 2 : NONE),
  Gompertz: (x, p) => (x < 0
    ? NONE : Math.log(p.shape / p.scale) + x / p.scale - p.shape * Math.expm1(x / p.scale)),
  LogLogistic: (x, p) => {
    if (!(x > 0)) return NONE;
    const z = p.shape * Math.log(x / p.scale);
    return Math.log(p.shape) - Math.log(x) + z - 2 * softplus(z);
  },
  Burr: (x, p) => {
    if (!(x > 0)) return NONE;
    const z = p.c * Math.log(x / p.scale);
    return Math.log(p.c * p.d) - Math.log(x) + z - (p.d + 1) * softplus(z);
  },
  Laplace: (x, p) => -Math.abs(x - p.mu) / p.scale - Math.log(2 * p.scale),
  AsymmetricLaplace: (x, p) => {
    const z = (x - p.mu) / p.scale;
    return Math.log(p.quantile * (1 - p.quantile) / p.scale) - z * (p.quantile - (z < 0 ? 1 : 0));
  },
  Logistic: (x, p) => { const z = (x - p.mu) / p.scale; return -z - 2 * softplus(-z) - Math.log(p.scale); },
  Cauchy: (x, p) => -Math.log(Math.PI * p.scale) - Math.log1p(((x - p.mu) / p.scale) ** 2),
  StudentT: (x, p) => lgamma((p.df + 1) / 2) - lgamma(p.df / 2) - 0.5 * Math.log(p.df * Math.PI) - Math.log(p.sigma)
    - 0.5 * (p.df + 1) * Math.log1p(((x - p.mu) / p.sigma) ** 2 / p.df),
  GumbelMax: (x, p) => gumbel((x - p.mu) / p.scale, p.scale),
  GumbelMin: (x, p) => gumbel((p.mu - x) / p.scale, p.scale),
  GEV: (x, p) => {
    const z = (x - p.mu) / p.sigma;
    if (1 + p.xi * z <= 0) return NONE;
    return gumbel(p.xi === 0 ? z : Math.log1p(p.xi * z) / p.xi, p.sigma) - (p.xi === 0 ? 0 : Math.log1p(p.xi * z));
  },
  GPD: (x, p) => {
    const z = x / p.sigma;
    if (z < 0 || 1 + p.xi * z <= 0) return NONE;
    return -Math.log(p.sigma) - (p.xi === 0 ? z : (1 / p.xi + 1) * Math.log1p(p.xi * z));
  },
  Pareto: (x, p) => (x < p.minimum
    ? NONE : Math.log(p.shape) + p.shape * Math.log(p.minimum / x) - Math.log(x)),
  Lomax: (x, p) => (x < 0 ? NONE : Math.log(p.shape / p.scale) - (p.shape + 1) * Math.log1p(x / p.scale)),
  Beta: (x, p) => (x > 0 && x < 1
    ? (p.a - 1) * Math.log(x) + (p.b - 1) * Math.log1p(-x) - lbeta(p.a, p.b) : NONE),
  Kumaraswamy: (x, p) => (x > 0 && x < 1
    ? Math.log(p.a * p.b) + (p.a - 1) * Math.log(x) + (p.b - 1) * Math.log(-Math.expm1(p.a * Math.log(x))) : NONE),
  Uniform: (x, p) => (x < p.low || x > p.high ? NONE : -Math.log(p.high - p.low)),
  InverseGaussian: (x, p) => (x > 0
    ? 0.5 * Math.log(p.shape / x) - HALF_LOG_2PI - Math.log(x) - p.shape * (x - p.mean) ** 2 / (2 * p.mean ** 2 * x)
    : NONE),
  Bernoulli: (x, p) => (x === 1 ? Math.log(p.p) : x === 0 ? Math.log1p(-p.p) : NONE),
  Binomial: (x, p) => (x < 0 || x > p.n ? NONE : lchoose(p.n, x) + xlogy(x, p.p) + (x === p.n ? 0 : (p.n - x) * Math.log1p(-p.p))),
  Geometric: (x, p) => (x < 0 ? NONE : Math.log(p.p) + (x === 0 ? 0 : x * Math.log1p(-p.p))),
  Poisson: (x, p) => (x < 0 ? NONE : xlogy(x, p.rate) - p.rate - lgamma(x + 1)),
  NegativeBinomial: (x, p) => (x < 0 ? NONE : lgamma(x + p.size) - lgamma(p.size) - lgamma(x + 1)
    - p.size * Math.log1p(p.mean / p.size) - (x === 0 ? 0 : x * Math.log1p(p.size / p.mean))),
  BetaBinomial: (x, p) => (x < 0 || x > p.n
    ? NONE : lchoose(p.n, x) + lbeta(x + p.a, p.n - x + p.b) - lbeta(p.a, p.b)),
  LogSeries: (x, p) => (x < 1 ? NONE : x * Math.log(p.p) - Math.log(x) - Math.log(-Math.log1p(-p.p))),
};
