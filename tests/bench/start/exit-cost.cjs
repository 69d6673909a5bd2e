// Required by a process before its program: writes its processor time, in seconds, to ASSAY_BENCH_COST when it ends.
process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  require('node:fs').writeFileSync(process.env.ASSAY_BENCH_COST, String((user + system) / 1e6));
});
