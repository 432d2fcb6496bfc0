/** What the attempt costs this process, whatever else the machine does: the least of two, in milliseconds. */
export function cpuMsOf(attempt: () => unknown): number {
  const times = [0, 0].map(() => {
    const before = process.cpuUsage();
    attempt();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}
