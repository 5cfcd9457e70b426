import type { SelfTest, Specification } from '#protocol/specification.ts';

/** The GPUs of a specification, each UUID once, in the order in which they were reported. */
export function distinctGpus(specification: Pick<Specification, 'gpus'>): Specification['gpus'] {
  return [...new Map(specification.gpus.map((gpu) => [gpu.uuid, gpu])).values()];
}

/** What of a specification people decide by; temperatures and free disk change all the time and are no news. */
function substance(specification: Specification) {
  const { gpus, docker, problems, hostname, os, kernel, cpuModel, cpuThreads, memoryBytes, diskTotalBytes } =
    specification;
  return {
    gpus: gpus.map(({ uuid, model, vramBytes, driverVersion, ecc, mig }) => [
      uuid,
      model,
      vramBytes,
      driverVersion,
      ecc,
      mig,
    ]),
    docker,
    problems,
    hostname,
    os,
    kernel,
    cpuModel,
    cpuThreads,
    memoryBytes,
    diskTotalBytes,
  };
}

/** Whether a new specification says something that is worth an event. */
export function isNews(before: Specification | null, after: Specification): boolean {
  return before === null || JSON.stringify(substance(before)) !== JSON.stringify(substance(after));
}

/** Whether a self-test says something else than the one before, apart from its time. */
export function isOtherResult(before: SelfTest | null, after: SelfTest): boolean {
  return (
    before === null || JSON.stringify([before.passed, before.checks]) !== JSON.stringify([after.passed, after.checks])
  );
}
