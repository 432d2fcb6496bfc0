// Latencies, counted in bins of 5 µs up to a second: adding one costs nothing, and slices pool by themselves.

const binUs = 5;
const binCount = 1_000_000 / binUs + 1;

export class Histogram {
  #bins = new Uint32Array(binCount);
  #total = 0;

  add(us) {
    this.#bins[Math.min(Math.floor(us / binUs), binCount - 1)]++;
    this.#total++;
  }

  /** Adds what another has counted. */
  merge(other) {
    for (let i = 0; i < binCount; i++) this.#bins[i] += other.#bins[i];
    this.#total += other.#total;
  }

  /** What has been counted since the last time; then all is zero. */
  take() {
    const taken = { p50Us: this.#percentile(0.5), p99Us: this.#percentile(0.99) };
    this.#bins.fill(0);
    this.#total = 0;
    return taken;
  }

  #percentile(share) {
    let seen = 0;
    for (let i = 0; i < binCount; i++) {
      seen += this.#bins[i];
      if (seen >= this.#total * share) return (i + 1) * binUs;
    }
    return binCount * binUs;
  }
}
