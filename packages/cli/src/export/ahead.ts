/** Maps in order, and has the next few under way while one is waited for. */
export async function* ahead<From, To>(
  items: AsyncIterable<From>,
  count: number,
  map: (item: From) => Promise<To>,
): AsyncGenerator<To> {
  const underWay: Promise<To>[] = [];
  for await (const item of items) {
    const mapped = map(item);
    // Whoever waits for it hears of the fault; until then it is nobody's.
    mapped.catch(() => {});
    underWay.push(mapped);
    if (underWay.length >= count) yield (await underWay.shift()) as To;
  }
  for (const mapped of underWay) yield await mapped;
}
